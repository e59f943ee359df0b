import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { runExchange, startExchangeService } from '../support/exchange.ts';
import { connectLocally, readExactly } from '../support/local-program.ts';
import { BASIC_AGENT, openForward } from '../support/port-session.ts';
import { startService } from '../support/target-service.ts';

const FREQUENT_PINGS = { SSM_PLUGIN_PING_INTERVAL: '1' } as const;
const EXCHANGE = {
  up: { seed: 1, bytes: 5_000 },
  down: { seed: 2, bytes: 7_000 },
} as const;

// The tests wait for pings, one each second: they run at the same time.
describe('an idle port session', { concurrency: true }, () => {
  for (const [name, version] of [
    ['multiplexed', '3.3.0.0'],
    ['basic', BASIC_AGENT],
  ] as const) {
    it(`without a connection yet sends only pings, and keeps running: ${name}`, async (t) => {
      const service = await startExchangeService(t);
      const { localPort, session } = await openForward(
        t,
        { port: service.port, agent: { version } },
        { env: FREQUENT_PINGS },
      );
      await session.until('the handshake', ({ record }) => record.sent === record.acknowledged);
      const { framesFromClient, pings } = session.record;
      await session.until('three pings', ({ record }) => record.pings >= pings + 3);
      assert.equal(session.record.framesFromClient, framesFromClient);
      assert.equal(session.end, undefined);
      await runExchange(
        t,
        localPort,
        EXCHANGE,
        version === BASIC_AGENT ? 'by-reset' : 'by-service',
      );
    });
  }

  it('with an idle connection sends only pings, and keeps running', async (t) => {
    const service = await startService(t, (socket) => socket.pipe(socket));
    const { localPort, session } = await openForward(
      t,
      { port: service.port },
      { env: FREQUENT_PINGS },
    );
    const socket = await connectLocally(t, { host: '127.0.0.1', port: localPort });
    socket.write('before');
    await readExactly(socket, 6);
    await session.until('quiet', ({ record }) => record.sent === record.acknowledged);
    const { framesFromClient, pings } = session.record;
    await session.until('three pings', ({ record }) => record.pings >= pings + 3);
    assert.equal(session.record.framesFromClient, framesFromClient);
    socket.write('after!');
    assert.equal((await readExactly(socket, 6)).toString(), 'after!');
  });
});
