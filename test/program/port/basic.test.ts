import assert from 'node:assert/strict';
import { describe, it, type TestContext } from 'node:test';
import { startPiped } from '../support/piped-program.ts';
import { startSession } from '../support/target.ts';
import { runExchange, startExchangeService } from './support/exchange.ts';
import { closedLocally, connectLocally, readExactly } from './support/local-program.ts';
import { BASIC_AGENT, forwardRequest, openForward, type Forward } from './support/port-session.ts';
import { closedPort, startService, type TargetService } from './support/target-service.ts';

const DISCONNECT_TO_PORT = 1;
const MIB = 1024 * 1024;
const REFUSED = '\nConnection to destination port failed, check SSM Agent logs.\n';

interface Basic extends Forward {
  readonly service: TargetService;
}

async function openBasic(
  t: TestContext,
  start: (t: TestContext) => Promise<TargetService>,
): Promise<Basic> {
  const service = await start(t);
  const forward = await openForward(t, {
    port: service.port,
    agent: { version: BASIC_AGENT, pacing: false },
  });
  return { ...forward, service };
}

const startEcho = (t: TestContext): Promise<TargetService> =>
  startService(t, (socket) => socket.pipe(socket));

describe('a port of an agent without smux', () => {
  it('carries 10 MB each way unchanged', async (t) => {
    const { localPort } = await openBasic(t, startExchangeService);
    const exchange = { up: { seed: 1, bytes: 10 * MIB }, down: { seed: 2, bytes: 10 * MIB } };
    await runExchange(t, localPort, exchange, 'by-reset');
  });

  it('prints where it listens and that a connection was accepted', async (t) => {
    const { program, localPort, session } = await openBasic(t, startEcho);
    await connectLocally(t, { host: '127.0.0.1', port: localPort });
    const { sessionId } = session;
    const expected =
      `\nStarting session with SessionId: ${sessionId}\n` +
      `Port ${localPort} opened for sessionId ${sessionId}.\nWaiting for connections...\n` +
      `Connection accepted for session ${sessionId}.\n`;
    await program.stdout.until('the connection', (text) => text === expected);
  });

  it('reports the end of the local connection to the agent, and the target notices it', async (t) => {
    const { localPort, session, service } = await openBasic(t, startEcho);
    const socket = await connectLocally(t, { host: '127.0.0.1', port: localPort });
    socket.write('hello');
    await readExactly(socket, 5);
    socket.resetAndDestroy();
    await session.until('it is closed', ({ record }) => record.targetConnections === 0);
    assert.deepEqual(session.record.flags, [DISCONNECT_TO_PORT]);
    assert.equal(service.accepted, 1);
    assert.equal(session.end, undefined);
  });

  it('serves one connection after another, each with its own bytes', async (t) => {
    const { localPort, session, service } = await openBasic(t, startExchangeService);
    for (let connection = 1; connection <= 20; connection++) {
      const exchange = {
        up: { seed: connection, bytes: 10_000 + connection },
        down: { seed: 100 + connection, bytes: 20_000 + connection },
      };
      await runExchange(t, localPort, exchange, 'by-reset');
    }
    await session.until('all are closed', ({ record }) => record.targetConnections === 0);
    assert.equal(service.accepted, 20);
  });

  it('serves a second connection after the first has ended', async (t) => {
    const { localPort, service } = await openBasic(t, startEcho);
    const first = await connectLocally(t, { host: '127.0.0.1', port: localPort });
    first.write('first');
    assert.equal((await readExactly(first, 5)).toString(), 'first');
    const second = await connectLocally(t, { host: '127.0.0.1', port: localPort });
    second.write('second');
    first.write('again');
    assert.equal((await readExactly(first, 5)).toString(), 'again');
    assert.equal(service.accepted, 1);
    first.resetAndDestroy();
    assert.equal((await readExactly(second, 6)).toString(), 'second');
    assert.equal(service.accepted, 2);
  });

  it('continues after an orderly end of a connection', async (t) => {
    const { localPort, session } = await openBasic(t, startEcho);
    const first = await connectLocally(t, { host: '127.0.0.1', port: localPort });
    first.write('first');
    assert.equal((await readExactly(first, 5)).toString(), 'first');
    first.end();
    await closedLocally(first);
    const second = await connectLocally(t, { host: '127.0.0.1', port: localPort });
    second.write('second');
    assert.equal((await readExactly(second, 6)).toString(), 'second');
    assert.deepEqual(session.record.flags, [DISCONNECT_TO_PORT]);
  });

  it('passes bytes that the target sent before the first connection on to it', async (t) => {
    const { localPort } = await openBasic(t, (context) =>
      startService(context, (socket) => socket.write('220 ready')),
    );
    const socket = await connectLocally(t, { host: '127.0.0.1', port: localPort });
    assert.equal((await readExactly(socket, 9)).toString(), '220 ready');
  });
});

describe('a target that an agent without smux cannot reach', () => {
  it('at the start ends the session with the reason', async (t) => {
    const wish = { port: await closedPort(t), agent: { version: BASIC_AGENT } };
    const { session, args } = await startSession(t, forwardRequest(wish));
    const program = startPiped(t, args);
    await program.end();
    const { output } = await session.closed;
    assert.match(output, /^Unable to connect to specified port: /);
    assert.ok(
      program.stdout.text.endsWith(`\n\nSessionId: ${session.sessionId} : ${output}\n\n`),
      program.stdout.text,
    );
  });

  it('later is reported, and reached again when its service is back', async (t) => {
    const { localPort, session, program, service } = await openBasic(t, startExchangeService);
    const exchange = { up: { seed: 1, bytes: 10_000 }, down: { seed: 2, bytes: 20_000 } };
    await runExchange(t, localPort, exchange, 'by-reset');
    await session.until('it is closed', ({ record }) => record.targetConnections === 0);
    await service.crash();
    const socket = await connectLocally(t, { host: '127.0.0.1', port: localPort });
    socket.write('anyone?');
    await program.stdout.until('the message', (text) => text.endsWith(REFUSED));
    await closedLocally(socket);
    await service.restart();
    await runExchange(t, localPort, exchange, 'by-reset');
    assert.equal(session.end, undefined);
  });
});
