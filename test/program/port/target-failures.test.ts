import assert from 'node:assert/strict';
import { once } from 'node:events';
import { describe, it } from 'node:test';
import { bytesOf } from './support/content.ts';
import { headOf, runExchange, startExchangeService } from './support/exchange.ts';
import { closedLocally, connectLocally, readExactly } from './support/local-program.ts';
import { openForward } from './support/port-session.ts';
import { closedPort, startService } from './support/target-service.ts';

const REFUSED = '\nConnection to destination port failed, check SSM Agent logs.\n';
const EXCHANGE = {
  up: { seed: 1, bytes: 50_000 },
  down: { seed: 2, bytes: 70_000 },
} as const;
const BULK = 5_000_000;

describe('a target that cannot be reached', () => {
  it('is reported on stdout, and the local connection is closed', async (t) => {
    const forward = await openForward(t, { port: await closedPort(t) });
    const socket = await connectLocally(t, { host: '127.0.0.1', port: forward.localPort });
    await forward.program.stdout.until('the message', (text) => text.endsWith(REFUSED));
    await closedLocally(socket);
    assert.equal(forward.session.end, undefined);
  });

  it('is reported for each connection, and the session continues', async (t) => {
    const forward = await openForward(t, { port: await closedPort(t) });
    for (let connection = 1; connection <= 3; connection++) {
      const socket = await connectLocally(t, { host: '127.0.0.1', port: forward.localPort });
      await closedLocally(socket);
      await forward.program.stdout.until(
        `message ${connection}`,
        (text) => text.split(REFUSED).length === connection + 1,
      );
    }
    assert.equal(forward.session.end, undefined);
  });

  it('is reached again when its service is back', async (t) => {
    const service = await startExchangeService(t);
    const { localPort, program, session } = await openForward(t, { port: service.port });
    await runExchange(t, localPort, EXCHANGE);
    await service.crash();
    await closedLocally(await connectLocally(t, { host: '127.0.0.1', port: localPort }));
    await program.stdout.until('the message', (text) => text.endsWith(REFUSED));
    await service.restart();
    await runExchange(t, localPort, EXCHANGE);
    assert.equal(session.end, undefined);
  });
});

describe('a connection that is reset', () => {
  it('by the local program is closed on the target', async (t) => {
    const service = await startService(t, (socket) => socket.pipe(socket));
    const { localPort, session } = await openForward(t, { port: service.port });
    const socket = await connectLocally(t, { host: '127.0.0.1', port: localPort });
    socket.write('hello');
    await readExactly(socket, 5);
    socket.resetAndDestroy();
    await session.until('it is closed', ({ record }) => record.targetConnections === 0);
    assert.equal(session.end, undefined);
  });

  it('by the local program in the middle of bulk data does not affect the others', async (t) => {
    const service = await startExchangeService(t);
    const { localPort, session } = await openForward(t, { port: service.port });
    const socket = await connectLocally(t, { host: '127.0.0.1', port: localPort });
    const before = session.record.inputBytes;
    socket.write(headOf({ up: { seed: 3, bytes: BULK }, down: { seed: 0, bytes: 0 } }));
    socket.write(bytesOf({ seed: 3, bytes: BULK }));
    await session.until('it flows', ({ record }) => record.inputBytes > before + BULK / 10);
    const other = runExchange(t, localPort, EXCHANGE);
    socket.resetAndDestroy();
    await other;
    await session.until('both are closed', ({ record }) => record.targetConnections === 0);
  });

  it('by the target ends the local connection', async (t) => {
    const service = await startService(t, (socket) => {
      socket.once('data', () => socket.resetAndDestroy());
    });
    const { localPort, session } = await openForward(t, { port: service.port });
    const socket = await connectLocally(t, { host: '127.0.0.1', port: localPort });
    const closed = once(socket, 'close');
    socket.write('reset me');
    socket.resume();
    socket.once('end', () => socket.end());
    await closed;
    assert.equal(session.end, undefined);
  });
});

describe('forwarding to a host that the target reaches', () => {
  for (const [host, address] of [
    ['127.0.0.2', '127.0.0.2'],
    ['localhost', '127.0.0.1'],
  ] as const) {
    it(`reaches ${host}`, async (t) => {
      const service = await startExchangeService(t, { address });
      const { localPort } = await openForward(t, { port: service.port, host });
      await runExchange(t, localPort, EXCHANGE);
      assert.equal(service.accepted, 1);
    });
  }

  it('reports that a host without such a service cannot be reached', async (t) => {
    const service = await startExchangeService(t, { address: '127.0.0.1' });
    const { localPort, program } = await openForward(t, { port: service.port, host: '127.0.0.2' });
    await closedLocally(await connectLocally(t, { host: '127.0.0.1', port: localPort }));
    await program.stdout.until('the message', (text) => text.endsWith(REFUSED));
  });
});
