import assert from 'node:assert/strict';
import { connect } from 'node:net';
import { describe, it } from 'node:test';
import type { ForwardEvent } from '../../../../src/commands/forward/json-reporter.ts';
import { connectLocally } from '../../port/support/local-program.ts';
import { closedPort, startService } from '../../port/support/target-service.ts';
import type { PipedProgram } from '../../support/piped-program.ts';
import { TARGET } from '../../support/target.ts';
import { eventsIn, nameAt, startNamed, takenPort, untilEvent } from '../support/forwarding.ts';
import { startCommand, startCommandTarget } from '../support/run-command.ts';

/** The local port of a destination, once the program has printed it. */
async function localPort(program: PipedProgram, destination: string): Promise<number> {
  const line = new RegExp(`^127\\.0\\.0\\.1:(\\d+) forwards to ${destination}$`, 'm');
  await program.stderr.until(`the port of ${destination}`, (text) => line.test(text));
  return Number(line.exec(program.stderr.text)?.[1]);
}

const inUse = (port: number): string =>
  `Local port ${port} of 127.0.0.1 is already in use. Choose another local port, or 0 for any free one.`;

describe('forward', () => {
  it('leads several ports to the target and to hosts it can reach', async (t) => {
    const [first, second] = await Promise.all([startNamed(t, 'first'), startNamed(t, 'second')]);
    const target = await startCommandTarget(t);
    const program = startCommand(t, target, [
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

  it('reports when connections open and close, and what went through', async (t) => {
    const service = await startNamed(t, 'hello');
    const target = await startCommandTarget(t);
    const program = startCommand(t, target, ['forward', TARGET, `0:${service.port}`]);
    const port = await localPort(program, `port ${service.port} of ${TARGET}`);
    await nameAt(t, port);
    await program.stderr.until('the end of the connection', (text) => text.includes(' closed,'));
    assert.equal(
      program.stderr.text,
      `127.0.0.1:${port} forwards to port ${service.port} of ${TARGET}\n` +
        `127.0.0.1:${port}: connection opened, 1 open\n` +
        `127.0.0.1:${port}: connection closed, 0 open, 0 B sent, 5 B received\n`,
    );
  });

  it('reports when the target cannot connect', async (t) => {
    const closed = await closedPort(t);
    const target = await startCommandTarget(t);
    const program = startCommand(t, target, ['forward', TARGET, `0:${closed}`]);
    const port = await localPort(program, `port ${closed} of ${TARGET}`);
    connect(port, '127.0.0.1').on('error', () => undefined);
    await program.stderr.until('the failure', (text) =>
      text.includes(`: ${TARGET} cannot connect to port ${closed} of ${TARGET}\n`),
    );
  });

  it('reports nothing but failures with --quiet', async (t) => {
    const service = await startNamed(t, 'hello');
    const taken = await takenPort(t);
    const target = await startCommandTarget(t);
    const program = startCommand(t, target, [
      ...['forward', TARGET, '--quiet', `0:${service.port}`, `${taken}:${service.port}`],
    ]);
    await program.stderr.until('the failure', (text) => text.endsWith('\n'));
    program.kill('SIGTERM');
    assert.deepEqual(await program.end(), { status: 255, signal: null });
    assert.equal(program.stdout.text, '');
    assert.equal(program.stderr.text, `session-manager-plugin: ${inUse(taken)}\n`);
  });

  it('reports nothing but its results with --quiet and --json, and still forwards', async (t) => {
    const service = await startNamed(t, 'hello');
    const target = await startCommandTarget(t);
    const args = ['forward', TARGET, '--quiet', '--json', `0:${service.port}`];
    const program = startCommand(t, target, args);
    const { local } = await untilEvent(program, 'listening');
    assert.equal(await nameAt(t, local.port), 'hello');
    program.kill('SIGTERM');
    assert.deepEqual(await program.end(), { status: 0, signal: null });
    assert.equal(program.stderr.text, '');
  });

  it('reports at once that a local port is taken, goes on with the others, and fails at the end', async (t) => {
    const service = await startNamed(t, 'hello');
    const taken = await takenPort(t);
    const target = await startCommandTarget(t);
    const program = startCommand(t, target, [
      ...['forward', TARGET, `${taken}:${service.port}`, `0:${service.port}`],
    ]);
    const port = await localPort(program, `port ${service.port} of ${TARGET}`);
    await program.stderr.until('the failure', (text) => text.includes(`${inUse(taken)}\n`));
    assert.equal(await nameAt(t, port), 'hello');
    program.kill('SIGINT');
    assert.deepEqual(await program.end(), { status: 255, signal: null });
  });

  it('fails with the reason when StartSession is refused', async (t) => {
    const target = await startCommandTarget(t);
    target.aws.refuse('StartSession', {
      status: 400,
      type: 'TargetNotConnected',
      message: `${TARGET} is not connected.`,
    });
    const program = startCommand(t, target, ['forward', TARGET, '80']);
    assert.deepEqual(await program.end(), { status: 255, signal: null });
    assert.match(
      program.stderr.text,
      /^session-manager-plugin: port 80: Cannot start a session on i-[^\n]+\n$/,
    );
  });

  it('fails with --once with the reason why the service ended its session', async (t) => {
    const service = await startNamed(t, 'hello');
    const target = await startCommandTarget(t);
    const program = startCommand(t, target, ['forward', TARGET, '--once', `0:${service.port}`]);
    await localPort(program, `port ${service.port} of ${TARGET}`);
    target.aws.sessions[0]?.terminate('Session was idle for too long.');
    assert.deepEqual(await program.end(), { status: 255, signal: null });
    assert.match(
      program.stderr.text,
      /\n127\.0\.0\.1:\d+: The service ended the session with \S+: Session was idle for too long\.\n/,
    );
  });

  it('fails without a target where no person can choose one, and takes no port for its name', async (t) => {
    const target = await startCommandTarget(t);
    for (const ports of [['8080:80'], ['db.internal:5432', '80']]) {
      const program = startCommand(t, target, ['forward', ...ports]);
      assert.deepEqual(await program.end(), { status: 255, signal: null });
      assert.match(
        program.stderr.text,
        /^session-manager-plugin: The target is missing, [^\n]+\n$/,
      );
    }
    assert.deepEqual(target.aws.sessions, []);
  });

  it('reports that a port is missing, or wrong, before anything else', async (t) => {
    const target = await startCommandTarget(t);
    for (const [operands, expected] of [
      [[], /^session-manager-plugin: There is no port to forward\.\nAdd one, .*\nUsage: /],
      [[TARGET], /^session-manager-plugin: There is no port to forward\.\nAdd one, .*\nUsage: /],
      [['70000:80'], /"70000" in "70000:80" is not a port\.\n.* from 1 to 65535/],
      [[TARGET, '80', 'web'], /"web" is not a port\.\n.* from 1 to 65535/],
      [[TARGET, '8080:80', '08080:db:5432'], /The local port 8080 is used twice\.\n.*0 to let/],
      [['8080:80', '9090:80', '8080:81'], /The local port 8080 is used twice\.\n/],
    ] as const) {
      const program = startCommand(t, target, ['forward', ...operands]);
      assert.deepEqual(await program.end(), { status: 255, signal: null });
      assert.match(program.stderr.text, expected);
    }
    assert.equal(target.aws.sessions.length, 0);
  });
});

describe('forward --json', () => {
  it('is a line for each event, and nothing else', async (t) => {
    const service = await startNamed(t, 'hello');
    const target = await startCommandTarget(t);
    const program = startCommand(t, target, ['forward', TARGET, '--json', `0:${service.port}`]);
    const { local } = await untilEvent(program, 'listening');
    assert.equal(await nameAt(t, local.port), 'hello');
    await untilEvent(program, 'disconnected');
    program.kill('SIGINT');
    assert.deepEqual(await program.end(), { status: 0, signal: null });
    const about = {
      target: TARGET,
      destination: { host: null, port: service.port },
      local: { address: '127.0.0.1', port: local.port },
    };
    assert.deepEqual(eventsIn(program.stdout.text).map(withoutTime), [
      { event: 'listening', ...about },
      { event: 'connected', ...about, connection: 1, open: 1 },
      { event: 'disconnected', ...about, connection: 1, open: 0, sent: 0, received: 5 },
      { event: 'ended', ...about, connections: 1, sent: 0, received: 5 },
    ]);
    assert.equal(program.stderr.text, '');
  });

  it('ends every connection before its port', async (t) => {
    const service = await startService(t, (socket) => socket.resume());
    const target = await startCommandTarget(t);
    const program = startCommand(t, target, [
      ...['forward', TARGET, '--json', '--once', `0:${service.port}`],
    ]);
    const { local } = await untilEvent(program, 'listening');
    const socket = await connectLocally(t, { port: local.port, host: '127.0.0.1' });
    await untilEvent(program, 'connected');
    target.aws.sessions[0]?.terminate('Session was idle for too long.');
    assert.deepEqual(await program.end(), { status: 255, signal: null });
    socket.destroy();
    const events = eventsIn(program.stdout.text);
    assert.deepEqual(
      events.map(({ event }) => event),
      ['listening', 'connected', 'disconnected', 'failed'],
    );
    const last = events.at(-1);
    assert.ok(last?.event === 'failed');
    assert.deepEqual(last.error, {
      reason: 'session',
      code: 'session-closed',
      message: 'The session was closed by the target or by AWS: Session was idle for too long.',
    });
  });

  it('reports which port failed and why, also on stderr', async (t) => {
    const service = await startNamed(t, 'hello');
    const taken = await takenPort(t);
    const closed = await closedPort(t);
    const target = await startCommandTarget(t);
    const program = startCommand(t, target, [
      ...['forward', TARGET, '--json', `${taken}:${service.port}`, `0:localhost:${closed}`],
    ]);
    const failed = await untilEvent(program, 'failed');
    assert.deepEqual(failed.local, { address: null, port: taken });
    const error = { reason: 'session', code: 'port-in-use', message: inUse(taken) };
    assert.deepEqual(failed.error, error);
    const { local, destination } = await untilEvent(program, 'listening');
    assert.deepEqual(destination, { host: 'localhost', port: closed });
    connect(local.port, '127.0.0.1').on('error', () => undefined);
    await untilEvent(program, 'destination-failed');
    program.kill('SIGINT');
    assert.deepEqual(await program.end(), { status: 255, signal: null });
    assert.deepEqual(JSON.parse(program.stderr.text), { error });
  });

  it('reports why no session was started', async (t) => {
    const target = await startCommandTarget(t);
    target.aws.refuse('StartSession', {
      status: 400,
      type: 'TargetNotConnected',
      message: `${TARGET} is not connected.`,
    });
    const program = startCommand(t, target, ['forward', TARGET, '--json', '80']);
    assert.deepEqual(await program.end(), { status: 255, signal: null });
    const [failed, ...others] = eventsIn(program.stdout.text);
    assert.ok(failed?.event === 'failed');
    assert.equal(failed.error.reason, 'target-not-connected');
    assert.match(failed.error.message, new RegExp(`^Cannot start a session on ${TARGET}: `));
    assert.deepEqual(others, []);
    assert.deepEqual(JSON.parse(program.stderr.text), { error: failed.error });
  });

  it('reports when its connection is lost, and when it is back', async (t) => {
    const service = await startNamed(t, 'hello');
    const target = await startCommandTarget(t);
    const program = startCommand(t, target, ['forward', TARGET, '--json', `0:${service.port}`]);
    await untilEvent(program, 'listening');
    const [session] = target.aws.sessions;
    session?.setGateway('unavailable');
    session?.cutClient();
    await untilEvent(program, 'reconnecting');
    session?.setGateway('up');
    await untilEvent(program, 'reconnected');
    program.kill('SIGINT');
    assert.deepEqual(await program.end(), { status: 0, signal: null });
    assert.equal(program.stderr.text, '');
  });
});

function withoutTime({ time, ...rest }: ForwardEvent): object {
  assert.match(time, /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
  return rest;
}
