import assert from 'node:assert/strict';
import { connect, createServer, type AddressInfo } from 'node:net';
import { once } from 'node:events';
import { describe, it, type TestContext } from 'node:test';
import { connectLocally, readToEnd } from '../port/support/local-program.ts';
import { closedPort, startService, type TargetService } from '../port/support/target-service.ts';
import type { PipedProgram } from '../support/piped-program.ts';
import { TARGET } from '../support/target.ts';
import { startOwn, startOwnInTerminal, startOwnTarget } from './support/own-command.ts';

/** A service that says its name to everybody, and then ends. */
function startNamed(t: TestContext, name: string): Promise<TargetService> {
  return startService(t, (socket) => socket.end(name));
}

/** The local port that leads to a destination, once the program has said it. */
async function localPort(program: PipedProgram, destination: string): Promise<number> {
  const line = new RegExp(`^127\\.0\\.0\\.1:(\\d+) leads to ${destination}$`, 'm');
  await program.stderr.until(`the port of ${destination}`, (text) => line.test(text));
  return Number(line.exec(program.stderr.text)?.[1]);
}

async function nameAt(t: TestContext, port: number): Promise<string> {
  const socket = await connectLocally(t, { port, host: '127.0.0.1' });
  return (await readToEnd(socket)).toString();
}

describe('forward', () => {
  it('leads several ports to the target and to hosts it can reach', async (t) => {
    const [first, second] = await Promise.all([startNamed(t, 'first'), startNamed(t, 'second')]);
    const target = await startOwnTarget(t);
    const program = startOwn(t, target, [
      ...['forward', TARGET, '--reason', 'a test'],
      ...[`0:${first.port}`, `0:localhost:${second.port}`],
    ]);
    const firstPort = await localPort(program, `port ${first.port} of ${TARGET}`);
    const secondPort = await localPort(program, `localhost:${second.port}`);
    assert.equal(await nameAt(t, firstPort), 'first');
    assert.equal(await nameAt(t, secondPort), 'second');
    assert.deepEqual(
      target.aws.sessions.map(({ request }) => [request.DocumentName, request.Reason]).sort(),
      [
        ['AWS-StartPortForwardingSession', 'a test'],
        ['AWS-StartPortForwardingSessionToRemoteHost', 'a test'],
      ],
    );
    program.kill('SIGINT');
    assert.deepEqual(await program.end(), { status: 0, signal: null });
    assert.equal(program.stdout.text, '');
    for (const session of target.aws.sessions) await session.closed;
  });

  it('says when connections open and close, and what went through', async (t) => {
    const service = await startNamed(t, 'hello');
    const target = await startOwnTarget(t);
    const program = startOwn(t, target, ['forward', TARGET, `0:${service.port}`]);
    const port = await localPort(program, `port ${service.port} of ${TARGET}`);
    await nameAt(t, port);
    await program.stderr.until('the end of the connection', (text) => text.includes(' closed,'));
    assert.equal(
      program.stderr.text,
      `127.0.0.1:${port} leads to port ${service.port} of ${TARGET}\n` +
        `127.0.0.1:${port}: connection opened, 1 open\n` +
        `127.0.0.1:${port}: connection closed, 0 open, 0 B sent, 5 B received\n`,
    );
  });

  it('says when the target cannot connect', async (t) => {
    const closed = await closedPort(t);
    const target = await startOwnTarget(t);
    const program = startOwn(t, target, ['forward', TARGET, `0:${closed}`]);
    const port = await localPort(program, `port ${closed} of ${TARGET}`);
    connect(port, '127.0.0.1').on('error', () => undefined);
    await program.stderr.until('the failure', (text) =>
      text.includes(`: ${TARGET} cannot connect to port ${closed} of ${TARGET}\n`),
    );
  });

  it('says nothing with --quiet, and still forwards', async (t) => {
    const service = await startNamed(t, 'hello');
    const target = await startOwnTarget(t);
    const local = await closedPort(t);
    const args = ['forward', TARGET, '--quiet', `${local}:${service.port}`];
    const program = startOwn(t, target, args);
    assert.equal(await nameWhenListening(local), 'hello');
    program.kill('SIGTERM');
    assert.deepEqual(await program.end(), { status: 0, signal: null });
    assert.equal(program.stdout.text + program.stderr.text, '');
  });

  it('says at once that a local port is taken, goes on with the others, and fails at the end', async (t) => {
    const service = await startNamed(t, 'hello');
    const taken = createServer();
    taken.listen(0, '127.0.0.1');
    await once(taken, 'listening');
    t.after(() => taken.close());
    const { port: takenPort } = taken.address() as AddressInfo;
    const target = await startOwnTarget(t);
    const program = startOwn(t, target, [
      ...['forward', TARGET, `${takenPort}:${service.port}`, `0:${service.port}`],
    ]);
    const port = await localPort(program, `port ${service.port} of ${TARGET}`);
    await program.stderr.until('the failure', (text) =>
      text.includes(`127.0.0.1:${takenPort}: bind: address already in use\n`),
    );
    assert.equal(await nameAt(t, port), 'hello');
    program.kill('SIGINT');
    assert.deepEqual(await program.end(), { status: 255, signal: null });
  });

  it('is ended by Ctrl-C in a terminal, with every session', async (t) => {
    const service = await startNamed(t, 'hello');
    const target = await startOwnTarget(t);
    const program = await startOwnInTerminal(t, target, [
      ...['forward', TARGET, ...Array.from({ length: 12 }, () => `0:${service.port}`)],
    ]);
    await program.screen.until('all ports', (text) => text.split(' leads to ').length === 13);
    program.type('\x03');
    assert.deepEqual(await program.end(), { status: 0, settings: program.settingsBefore });
    assert.doesNotMatch(program.screen.text, /warning/i);
    for (const session of target.aws.sessions) await session.closed;
  });

  it('fails with the reason when StartSession is refused', async (t) => {
    const target = await startOwnTarget(t);
    target.aws.refuse('StartSession', {
      status: 400,
      type: 'TargetNotConnected',
      message: `${TARGET} is not connected.`,
    });
    const program = startOwn(t, target, ['forward', TARGET, '80']);
    assert.deepEqual(await program.end(), { status: 255, signal: null });
    assert.match(
      program.stderr.text,
      /^session-manager-plugin: ssm:StartSession for target i-[^\n]+\n$/,
    );
  });

  it('is told why the service ended its session', async (t) => {
    const service = await startNamed(t, 'hello');
    const target = await startOwnTarget(t);
    const program = startOwn(t, target, ['forward', TARGET, `0:${service.port}`]);
    await localPort(program, `port ${service.port} of ${TARGET}`);
    target.aws.sessions[0]?.terminate('Session was idle for too long.');
    assert.deepEqual(await program.end(), { status: 0, signal: null });
    assert.match(program.stderr.text, /: Session was idle for too long\.\n\n$/);
  });
});

/** Connects again and again until somebody listens, as nobody says when. */
async function nameWhenListening(port: number): Promise<string> {
  for (;;) {
    const socket = connect(port, '127.0.0.1');
    try {
      await once(socket, 'connect');
      return (await readToEnd(socket)).toString();
    } catch (error) {
      socket.destroy();
      if (!(error instanceof Error && 'code' in error && error.code === 'ECONNREFUSED'))
        throw error;
    }
  }
}
