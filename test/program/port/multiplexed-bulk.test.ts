import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { runExchange, startExchangeService } from './support/exchange.ts';
import { openForward } from './support/port-session.ts';

const MIB = 1024 * 1024;
const LARGE = 100 * MIB;
const FASTEST_AGENT = { pacing: false } as const;

describe('bulk data through a multiplexed port', () => {
  it('carries 100 MB to the target unchanged', async (t) => {
    const service = await startExchangeService(t);
    const { localPort } = await openForward(t, { port: service.port, agent: FASTEST_AGENT });
    await runExchange(t, localPort, {
      up: { seed: 1, bytes: LARGE },
      down: { seed: 2, bytes: 0 },
    });
  });

  it('carries 100 MB from the target unchanged', async (t) => {
    const service = await startExchangeService(t);
    const { localPort } = await openForward(t, { port: service.port, agent: FASTEST_AGENT });
    await runExchange(t, localPort, {
      up: { seed: 3, bytes: 0 },
      down: { seed: 4, bytes: LARGE },
    });
  });

  it('carries 20 MB each way at once unchanged', async (t) => {
    const service = await startExchangeService(t);
    const { localPort } = await openForward(t, { port: service.port, agent: FASTEST_AGENT });
    await runExchange(t, localPort, {
      up: { seed: 5, bytes: 20 * MIB },
      down: { seed: 6, bytes: 20 * MIB },
    });
  });

  it('carries data each way unchanged at the pace of the agent and of the service', async (t) => {
    const service = await startExchangeService(t);
    const { localPort } = await openForward(
      t,
      { port: service.port },
      { env: { SSM_PLUGIN_MAX_MESSAGE_RATE: undefined } },
    );
    await runExchange(t, localPort, {
      up: { seed: 7, bytes: 2 * MIB },
      down: { seed: 8, bytes: 2 * MIB },
    });
  });

  it('sends full payloads while data waits', async (t) => {
    const service = await startExchangeService(t);
    const { localPort, session } = await openForward(t, { port: service.port });
    const before = session.record.received;
    await runExchange(t, localPort, {
      up: { seed: 9, bytes: 4 * MIB },
      down: { seed: 10, bytes: 0 },
    });
    const messages = session.record.received - before;
    // Of 1024 bytes each, except at the end of the bytes that the local program had written.
    assert.ok(messages < (4 * MIB) / 900, `${messages} messages for 4 MiB`);
  });
});
