import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Cut } from '../../../local-aws/local-aws.ts';
import { EAGER_AGENT } from '../support/bad-network.ts';
import { runExchange, startExchangeService } from '../support/exchange.ts';
import { openForward } from '../support/port-session.ts';

const EXCHANGE = {
  up: { seed: 1, bytes: 100_000 },
  down: { seed: 2, bytes: 100_000 },
} as const;

/** Upgrade request or response, open message, handshake, first acknowledgements: about 2000 bytes. */
const POSITIONS = [0, 1, 60, 128, 129, 300, 500, 700, 900, 1100, 1300, 1500, 1800, 2200, 3000];

describe('a port session whose first socket is cut early', () => {
  for (const direction of ['to-agent', 'to-client'] as const) {
    it(`opens and works after a cut at any byte ${direction}`, async (t) => {
      const service = await startExchangeService(t);
      for (const afterBytes of POSITIONS) {
        const cuts: readonly Cut[] = [{ direction, afterBytes }];
        const { localPort, program, session } = await openForward(t, {
          port: service.port,
          agent: EAGER_AGENT,
          faults: { cuts },
        });
        await runExchange(t, localPort, EXCHANGE);
        assert.equal(session.end, undefined, `cut after ${afterBytes} bytes`);
        program.kill('SIGTERM');
        assert.deepEqual(await program.end(), { status: 0, signal: null });
      }
    });
  }
});
