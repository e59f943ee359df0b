import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { LocalSession } from '../../../local-aws/local-aws.ts';
import { EAGER_AGENT } from '../support/bad-network.ts';
import { runExchange, startExchangeService } from '../support/exchange.ts';
import { openForward } from '../support/port-session.ts';

const BYTES = 2 * 1024 * 1024;
const EXCHANGE = {
  up: { seed: 1, bytes: BYTES },
  down: { seed: 2, bytes: BYTES },
} as const;

/** Resolves when this many more bytes have arrived at the target. */
function uploaded(session: LocalSession, bytes: number): Promise<void> {
  const before = session.record.inputBytes;
  return session.until('it flows', ({ record }) => record.inputBytes >= before + bytes);
}

/** A disturbance of a session that transfers data, up to the recovery. */
interface Interruption {
  readonly name: string;
  readonly times: number;
  readonly interrupt: (session: LocalSession) => Promise<void>;
}

const INTERRUPTIONS: readonly Interruption[] = [
  {
    name: 'the service closes the socket with Bye, as it does every hour',
    times: 4,
    interrupt: async (session) => {
      const connections = session.record.connections.length;
      session.closeWithBye();
      await session.until('a new socket', ({ record }) => record.connections.length > connections);
    },
  },
  {
    name: 'the agent loses its connection and comes back',
    times: 4,
    interrupt: async (session) => {
      const { framesFromClient } = session.record;
      session.cutAgent();
      await session.until(
        'lost frames',
        ({ record }) => record.framesFromClient > framesFromClient,
      );
      session.joinAgent();
    },
  },
  {
    name: 'the service asks both sides to pause for a while',
    times: 2,
    interrupt: async (session) => {
      const { pings } = session.record;
      session.delayPublication();
      await session.until('two pings', ({ record }) => record.pings >= pings + 2);
      session.releasePublication();
    },
  },
  {
    name: 'the connection goes dead without a word',
    times: 1,
    interrupt: async (session) => {
      const connections = session.record.connections.length;
      session.freezeClient();
      await session.until('a new socket', ({ record }) => record.connections.length > connections);
    },
  },
];

describe('a forwarded port in the middle of bulk data both ways', () => {
  for (const { name, times, interrupt } of INTERRUPTIONS) {
    it(`loses nothing when ${name}`, async (t) => {
      const service = await startExchangeService(t);
      const { localPort, session, program } = await openForward(
        t,
        { port: service.port, agent: EAGER_AGENT },
        { env: { SSM_PLUGIN_PING_INTERVAL: '1' } },
      );
      const exchange = runExchange(t, localPort, EXCHANGE);
      for (let time = 0; time < times; time++) {
        await uploaded(session, BYTES / 16);
        await interrupt(session);
      }
      await exchange;
      assert.equal(session.end, undefined);
      assert.match(program.stdout.text, /Connection accepted for session \[.*\]\n$/);
    });
  }
});
