import assert from 'node:assert/strict';
import type { Socket } from 'node:net';
import { describe, it, type TestContext } from 'node:test';
import type { LocalAwsOptions } from '../../../local-aws/local-aws.ts';
import { connectLocally } from '../../port/support/local-program.ts';
import { BASIC_AGENT } from '../../port/support/port-session.ts';
import { startService } from '../../port/support/target-service.ts';
import type { PipedProgram } from '../../support/piped-program.ts';
import { TARGET } from '../../support/target.ts';
import { eventsIn, nameAt, startNamed, takenPort, untilEvent } from '../support/forwarding.ts';
import { startCommand, startCommandTarget, type CommandTarget } from '../support/run-command.ts';

const QUOTA = {
  status: 400,
  type: 'ServiceQuotaExceededException',
  message: 'Too many sessions.',
};
const THROTTLED = { status: 400, type: 'ThrottlingException', message: 'Rate exceeded' };

interface Forwarding {
  readonly target: CommandTarget;
  readonly program: PipedProgram;
  /** The local port. */
  readonly port: number;
  readonly connect: () => Promise<Socket>;
}

/** Forwards a port with several sessions, and waits until this many of them are up. */
async function forward(
  t: TestContext,
  remotePort: number,
  sessions: number,
  { once = false, ...options }: LocalAwsOptions & { readonly once?: boolean } = {},
  prepare: (target: CommandTarget) => void = () => undefined,
): Promise<Forwarding> {
  const target = await startCommandTarget(t, options);
  prepare(target);
  const args = [
    ...['forward', TARGET, '--json', '--sessions', String(sessions), `0:${remotePort}`],
    ...(once ? ['--once'] : []),
  ];
  const program = startCommand(t, target, args);
  const { local } = await untilEvent(program, 'listening');
  await untilUp(program, sessions);
  return {
    target,
    program,
    port: local.port,
    connect: () => connectLocally(t, { port: local.port, host: '127.0.0.1' }),
  };
}

/** The last number of sessions that was reported. */
function lastUp(program: PipedProgram): number {
  const counts = eventsIn(program.stdout.text).flatMap((event) =>
    'up' in event ? [event.up] : [],
  );
  return counts.at(-1) ?? 0;
}

function untilUp(program: PipedProgram, up: number): Promise<void> {
  return program.stdout.until(`${up} sessions`, () => lastUp(program) === up);
}

/** Connections to the target that each session has now. */
function connectionsOf({ target }: Forwarding): readonly number[] {
  return target.aws.sessions.map(({ record }) => record.targetConnections);
}

async function end(program: PipedProgram): Promise<number | null> {
  program.kill('SIGINT');
  return (await program.end()).status;
}

/** A service that sends back what comes. */
const startEcho = (t: TestContext): ReturnType<typeof startService> =>
  startService(t, (socket) => socket.pipe(socket));

async function exchange(socket: Socket, text: string): Promise<string> {
  const answer = new Promise<string>((resolve) => {
    socket.once('data', (bytes: Buffer) => resolve(bytes.toString()));
  });
  socket.write(text);
  return answer;
}

describe('forward --sessions', () => {
  it('gives each connection to the session with the fewest', async (t) => {
    const echo = await startEcho(t);
    const forwarding = await forward(t, echo.port, 2);
    const sockets: Socket[] = [];
    for (let i = 0; i < 6; i++) {
      const socket = await forwarding.connect();
      assert.equal(await exchange(socket, `${i}`), `${i}`);
      sockets.push(socket);
    }
    assert.deepEqual(connectionsOf(forwarding), [3, 3]);
    const [, second] = forwarding.target.aws.sessions;
    for (const at of [1, 3, 5]) sockets[at]?.resetAndDestroy();
    await second?.until('its end', ({ record }) => record.targetConnections === 0);
    for (let i = 0; i < 3; i++) await exchange(await forwarding.connect(), 'again');
    assert.deepEqual(connectionsOf(forwarding), [3, 3]);
    assert.equal(await end(forwarding.program), 0);
  });

  it('starts sessions to the same destination, and ends all of them at Ctrl-C', async (t) => {
    const echo = await startEcho(t);
    const { target, program } = await forward(t, echo.port, 3);
    const { sessions } = target.aws;
    assert.equal(sessions.length, 3);
    assert.equal(new Set(sessions.map(({ request }) => JSON.stringify(request))).size, 1);
    assert.equal(await end(program), 0);
    for (const session of sessions) await session.closed;
    assert.deepEqual(
      eventsIn(program.stdout.text).map((event) =>
        event.event === 'sessions' ? `${event.up} of ${event.sessions}` : event.event,
      ),
      ['listening', '1 of 3', '2 of 3', '3 of 3', 'ended'],
    );
    assert.equal(program.stderr.text, '');
  });

  it('starts as many for each of several ports', async (t) => {
    const [first, second] = [await startNamed(t, 'first'), await startNamed(t, 'second')];
    const target = await startCommandTarget(t);
    const program = startCommand(t, target, [
      ...['forward', TARGET, '--sessions', '2', `0:${first.port}`, `0:localhost:${second.port}`],
    ]);
    await program.stderr.until(
      'both ports',
      (text) => text.match(/: 2 of 2 sessions are up\n/g)?.length === 2,
    );
    assert.equal(target.aws.sessions.length, 4);
    for (const [, port] of program.stderr.text.matchAll(/^127\.0\.0\.1:(\d+) forwards/gm)) {
      assert.match(await nameAt(t, Number(port)), /^(first|second)$/);
    }
    assert.equal(await end(program), 0);
  });

  it('does not let one slow dial hold up other connections', async (t) => {
    const echo = await startEcho(t);
    let dials = 0;
    let release: () => void = () => undefined;
    const slow = new Promise<void>((resolve) => (release = resolve));
    const beforeDial = (): Promise<void> => (++dials === 1 ? slow : Promise.resolve());
    const { target, program, connect } = await forward(t, echo.port, 2, {
      sessions: { agent: { beforeDial } },
    });
    const waiting = await connect();
    await program.stdout.until('the first connection', (text) => text.includes('"connected"'));
    // If only open connections counted, the second of these would wait for the dial.
    for (let i = 0; i < 2; i++) assert.equal(await exchange(await connect(), 'x'), 'x');
    assert.deepEqual(
      target.aws.sessions.map(({ record }) => record.connected),
      [0, 2],
    );
    release();
    assert.equal(await exchange(waiting, 'late'), 'late');
    assert.equal(await end(program), 0);
  });

  it('gives nothing to a session that is cut off while others live', async (t) => {
    const echo = await startEcho(t);
    const forwarding = await forward(t, echo.port, 2);
    const { target, program, connect } = forwarding;
    const [first] = target.aws.sessions;
    first?.setGateway('unavailable');
    first?.cutClient();
    await untilUp(program, 1);
    for (let i = 0; i < 3; i++) assert.equal(await exchange(await connect(), 'x'), 'x');
    assert.deepEqual(connectionsOf(forwarding), [0, 3]);
    first?.setGateway('up');
    await untilUp(program, 2);
    await exchange(await connect(), 'x');
    assert.deepEqual(connectionsOf(forwarding), [1, 3]);
    const kinds = eventsIn(program.stdout.text).map(({ event }) => event);
    assert.ok(!kinds.includes('reconnecting'), 'the port itself was never cut off');
    assert.equal(await end(program), 0);
  });

  it('reports that the port is cut off when all of its sessions are', async (t) => {
    const service = await startNamed(t, 'hello');
    const { target, program, port } = await forward(t, service.port, 2);
    for (const session of target.aws.sessions) {
      session.setGateway('unavailable');
      session.cutClient();
    }
    await untilEvent(program, 'reconnecting');
    for (const session of target.aws.sessions) session.setGateway('up');
    await untilEvent(program, 'reconnected');
    await untilUp(program, 2);
    assert.equal(await nameAt(t, port), 'hello');
    assert.equal(await end(program), 0);
  });

  it('goes on with the others when the service ends a session, and replaces it at the next connection', async (t) => {
    const echo = await startEcho(t);
    const { target, program, connect } = await forward(t, echo.port, 2);
    target.aws.sessions[0]?.terminate('Session was idle for too long.');
    const { error, up, sessions } = await untilEvent(program, 'session-failed');
    assert.deepEqual([error.code, up, sessions], ['session-closed', 1, 2]);
    assert.equal(await exchange(await connect(), 'x'), 'x');
    await untilUp(program, 2);
    assert.equal(target.aws.sessions.length, 3);
    assert.equal(await end(program), 0);
    assert.equal(program.stderr.text, '');
  });

  it('goes on with the others with --once, and reports the failure', async (t) => {
    const echo = await startEcho(t);
    const { target, program, connect } = await forward(t, echo.port, 2, { once: true });
    target.aws.sessions[0]?.terminate('Session was idle for too long.');
    const { error, up, sessions } = await untilEvent(program, 'session-failed');
    assert.deepEqual([error.code, up, sessions], ['session-closed', 1, 2]);
    assert.equal(await exchange(await connect(), 'x'), 'x');
    assert.equal(await end(program), 0);
    assert.deepEqual(JSON.parse(program.stderr.text), { error });
  });

  it('fails with --once with the reason of the last one when the service ends all', async (t) => {
    const service = await startNamed(t, 'hello');
    const { target, program } = await forward(t, service.port, 2, { once: true });
    const [first, second] = target.aws.sessions;
    first?.terminate();
    await untilUp(program, 1);
    second?.terminate('Session was idle for too long.');
    assert.deepEqual(await program.end(), { status: 255, signal: null });
    const last = eventsIn(program.stdout.text).at(-1);
    assert.ok(last?.event === 'failed');
    assert.equal(last.error.code, 'session-closed');
  });

  it('works with fewer when a session cannot be started, and reports it', async (t) => {
    const service = await startNamed(t, 'hello');
    const target = await startCommandTarget(t);
    const program = startCommand(t, target, [
      ...['forward', TARGET, '--sessions', '3', `0:${service.port}`],
    ]);
    await target.aws.nextSession();
    target.aws.refuse('StartSession', QUOTA);
    await program.stderr.until('the rest', (text) => text.endsWith(' 1 of 3 sessions are up\n'));
    const port = Number(/:(\d+) forwards/.exec(program.stderr.text)?.[1]);
    assert.equal(await nameAt(t, port), 'hello');
    const refusals = program.stderr.text.match(
      /^session-manager-plugin: 127\.0\.0\.1:\d+: .*quota/gm,
    );
    assert.equal(refusals?.length, 2);
    assert.equal(await end(program), 0);
  });

  it('starts a throttled session again after a pause', async (t) => {
    const service = await startNamed(t, 'hello');
    // The AWS SDK itself makes three requests.
    const throttle = ({ aws }: CommandTarget): void => {
      void aws.nextSession().then(() => aws.refuse('StartSession', { ...THROTTLED, times: 3 }));
    };
    const { target, program } = await forward(t, service.port, 2, {}, throttle);
    assert.equal(target.aws.sessions.length, 2);
    assert.equal(program.stderr.text, '');
    assert.equal(await end(program), 0);
  });

  it('starts only one session when the local port is in use', async (t) => {
    const taken = await takenPort(t);
    const target = await startCommandTarget(t);
    const program = startCommand(t, target, ['forward', TARGET, '--sessions', '4', `${taken}:80`]);
    assert.deepEqual(await program.end(), { status: 255, signal: null });
    assert.match(program.stderr.text, /^session-manager-plugin: Local port \d+ of [^\n]+\n$/);
    assert.equal(target.aws.sessions.length, 1);
  });

  it('explains a signal once', async (t) => {
    const service = await startNamed(t, 'hello');
    const target = await startCommandTarget(t);
    const program = startCommand(t, target, [
      ...['forward', TARGET, '--sessions', '2', `0:${service.port}`],
    ]);
    await program.stderr.until('both', (text) => text.endsWith(' 2 of 2 sessions are up\n'));
    program.kill('SIGTERM');
    assert.deepEqual(await program.end(), { status: 0, signal: null });
    assert.match(
      program.stderr.text,
      /sessions are up\n127\.0\.0\.1:\d+: Session with \S+ ends: SIGTERM received\.\n127\.0\.0\.1:\d+: no longer forwarded\n$/,
    );
  });

  it('makes parallel connections possible with an agent that serves one at a time', async (t) => {
    const echo = await startEcho(t);
    const { target, program, connect } = await forward(t, echo.port, 2, {
      sessions: { agent: { version: BASIC_AGENT } },
    });
    const [first, second, third] = [await connect(), await connect(), await connect()];
    assert.equal(await exchange(first, 'first'), 'first');
    assert.equal(await exchange(second, 'second'), 'second');
    first.resetAndDestroy();
    assert.equal(await exchange(third, 'third'), 'third');
    assert.equal(target.aws.sessions.length, 2);
    assert.equal(await end(program), 0);
  });

  it('refuses a number that it cannot have', async (t) => {
    const target = await startCommandTarget(t);
    for (const number of ['0', '17', '-1', 'two', '']) {
      const program = startCommand(t, target, ['forward', TARGET, '80', '--sessions', number]);
      assert.deepEqual(await program.end(), { status: 255, signal: null });
      assert.match(program.stderr.text, /sessions.*\n.*from 1 to 16/);
    }
    assert.equal(target.aws.sessions.length, 0);
  });
});
