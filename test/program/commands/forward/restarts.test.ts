import assert from 'node:assert/strict';
import type { Socket } from 'node:net';
import { describe, it, type TestContext } from 'node:test';
import { connectLocally, readToEnd } from '../../port/support/local-program.ts';
import { startService } from '../../port/support/target-service.ts';
import type { PipedProgram } from '../../support/piped-program.ts';
import { TARGET } from '../../support/target.ts';
import { startAccount, WEB_1, WEB_2 } from '../support/account.ts';
import { eventsIn, nameAt, startNamed, untilEvent } from '../support/forwarding.ts';
import { startCommand, startCommandTarget } from '../support/run-command.ts';

const DENIED = { status: 400, type: 'AccessDeniedException', message: 'not for you' };
const EXPIRED = { status: 400, type: 'ExpiredTokenException', message: 'The token has expired' };
/** As users quote the service (aws/amazon-ssm-agent issue 261). */
const IDLE = 'Your session timed out due to inactivity and has been terminated.';

/** What finds a target by its name. */
const SEARCH = 'DescribeInstanceInformation';

/** What the events of `forward --json` are about. */
function kindsIn(program: PipedProgram): readonly string[] {
  return eventsIn(program.stdout.text).map(({ event }) => event);
}

async function end(program: PipedProgram): Promise<number | null> {
  program.kill('SIGINT');
  return (await program.end()).status;
}

/** Connects, and waits for the answer to a text. */
async function exchange(socket: Socket, text: string): Promise<string> {
  const answer = new Promise<string>((resolve, reject) => {
    socket.once('data', (bytes: Buffer) => resolve(bytes.toString()));
    socket.once('error', reject);
  });
  socket.write(text);
  return answer;
}

/** A service that sends back what comes. */
const startEcho = (t: TestContext): ReturnType<typeof startService> =>
  startService(t, (socket) => socket.pipe(socket));

describe('forward, when its session ends', { timeout: 120_000 }, () => {
  it('goes on listening, and starts another one at the next connection, of which nothing is lost', async (t) => {
    const echo = await startEcho(t);
    const target = await startCommandTarget(t);
    const program = startCommand(t, target, ['forward', TARGET, '--json', `0:${echo.port}`]);
    const { local } = await untilEvent(program, 'listening');
    target.aws.sessions[0]?.terminate(IDLE);
    const { error } = await untilEvent(program, 'idle');
    assert.equal(error?.code, 'session-closed');
    assert.equal(target.aws.sessions.length, 1);
    const paused = target.aws.pause('StartSession');
    const socket = await connectLocally(t, { port: local.port, host: '127.0.0.1' });
    const answer = exchange(socket, 'sent before there is a session');
    await paused.called;
    paused.release();
    assert.equal(await answer, 'sent before there is a session');
    await untilEvent(program, 'ready');
    assert.equal(await end(program), 0);
    for (const session of target.aws.sessions) await session.closed;
    assert.deepEqual(kindsIn(program), [
      ...['listening', 'idle', 'connected', 'starting', 'ready', 'disconnected', 'ended'],
    ]);
    assert.equal(program.stderr.text, '', 'an end that is recovered from is no failure');
  });

  it('starts another one at once when programs are connected', async (t) => {
    const echo = await startEcho(t);
    const target = await startCommandTarget(t);
    const program = startCommand(t, target, ['forward', TARGET, '--json', `0:${echo.port}`]);
    const { local } = await untilEvent(program, 'listening');
    const socket = await connectLocally(t, { port: local.port, host: '127.0.0.1' });
    assert.equal(await exchange(socket, 'before'), 'before');
    const ended = readToEnd(socket);
    const next = target.aws.nextSession();
    // Another program ends it, and gives no reason.
    target.aws.sessions[0]?.terminate();
    await next;
    await untilEvent(program, 'ready');
    await ended;
    const again = await connectLocally(t, { port: local.port, host: '127.0.0.1' });
    assert.equal(await exchange(again, 'after'), 'after');
    assert.equal(await end(program), 0);
  });

  it('reports each change in a line that names the port', async (t) => {
    const service = await startNamed(t, 'hello');
    const target = await startCommandTarget(t);
    const program = startCommand(t, target, ['forward', TARGET, `0:${service.port}`]);
    await program.stderr.until('the port', (text) => text.includes(' forwards to '));
    const port = Number(/:(\d+) forwards/.exec(program.stderr.text)?.[1]);
    target.aws.sessions[0]?.terminate(IDLE);
    await program.stderr.until('the end', (text) => text.includes('connection starts a session'));
    assert.equal(await nameAt(t, port), 'hello');
    assert.equal(await end(program), 0);
    const name = `127.0.0.1:${port}`;
    const own = program.stderr.text.split('\n').filter((line) => !line.includes(': connection '));
    assert.deepEqual(own, [
      `${name} forwards to port ${service.port} of ${TARGET}`,
      `${name}: The session was closed by the target or by AWS: ${IDLE} The next connection starts a session.`,
      `${name}: starting a session`,
      `${name} forwards to port ${service.port} of ${TARGET} again`,
      `${name}: Session with ${TARGET} ends: SIGINT received.`,
      `${name}: no longer forwarded`,
      '',
    ]);
  });

  it('ends with 0 at Ctrl-C when it has no session, too', async (t) => {
    const target = await startCommandTarget(t);
    const program = startCommand(t, target, ['forward', TARGET, '--json', '0:80']);
    await untilEvent(program, 'listening');
    target.aws.sessions[0]?.terminate();
    await untilEvent(program, 'idle');
    assert.equal(await end(program), 0);
    assert.equal(kindsIn(program).at(-1), 'ended');
    assert.equal(program.stderr.text, '');
  });

  it('finds the target anew: an instance of the same name has taken its place', async (t) => {
    const service = await startNamed(t, 'hello');
    const { aws, env } = await startAccount(t, [WEB_1]);
    const program = startCommand(t, { aws, env }, [
      'forward',
      'web',
      '--json',
      `0:${service.port}`,
    ]);
    const { local } = await untilEvent(program, 'listening');
    aws.replaceNode(WEB_1.id, WEB_2);
    await untilEvent(program, 'idle');
    assert.equal(await nameAt(t, local.port), 'hello');
    const { target } = await untilEvent(program, 'ready');
    assert.equal(target, WEB_2.id);
    assert.deepEqual(
      aws.sessions.map(({ request }) => request.Target),
      [WEB_1.id, WEB_2.id],
    );
    assert.equal(await end(program), 0);
  });

  it('ends at Ctrl-C while it searches for the target, without an answer', async (t) => {
    const { aws, env } = await startAccount(t, [WEB_1]);
    const program = startCommand(t, { aws, env }, ['forward', 'web', '--json', '0:80']);
    const { local } = await untilEvent(program, 'listening');
    aws.sessions[0]?.terminate();
    await untilEvent(program, 'idle');
    const paused = aws.pause(SEARCH);
    await connectLocally(t, { port: local.port, host: '127.0.0.1' });
    await paused.called;
    const searches = (): number =>
      aws.apiCalls.filter(({ operation }) => operation === SEARCH).length;
    const before = searches();
    assert.equal(await end(program), 0);
    assert.equal(searches(), before, 'an unanswered call is repeated after 20 s');
    paused.release();
  });

  it('tries again after a pause while none can be started, and reports it', async (t) => {
    const service = await startNamed(t, 'hello');
    const target = await startCommandTarget(t);
    const program = startCommand(t, target, ['forward', TARGET, '--json', `0:${service.port}`]);
    const { local } = await untilEvent(program, 'listening');
    target.aws.sessions[0]?.terminate();
    await untilEvent(program, 'idle');
    target.aws.refuse('StartSession', EXPIRED);
    const name = nameAt(t, local.port);
    const { error } = await untilEvent(program, 'pausing');
    assert.equal(error?.reason, 'expired-credentials');
    // The sign-in is renewed.
    target.aws.refuse('StartSession', undefined);
    assert.equal(await name, 'hello');
    assert.equal(await end(program), 0);
  });

  it('ends the port for good that is denied, goes on with the others, and fails at the end', async (t) => {
    const service = await startNamed(t, 'hello');
    const target = await startCommandTarget(t);
    const program = startCommand(t, target, [
      ...['forward', TARGET, '--json', `0:${service.port}`, `0:localhost:${service.port}`],
    ]);
    const listening = (): ReturnType<typeof eventsIn> =>
      eventsIn(program.stdout.text).filter(({ event }) => event === 'listening');
    await program.stdout.until('both ports', () => listening().length === 2);
    const [denied, other] = [null, 'localhost'].map((host) =>
      listening().find(({ destination }) => destination.host === host),
    );
    target.aws.sessions
      .find(({ request }) => request.DocumentName === 'AWS-StartPortForwardingSession')
      ?.terminate();
    await untilEvent(program, 'idle');
    target.aws.refuse('StartSession', DENIED);
    await connectLocally(t, { port: denied?.local.port ?? 0, host: '127.0.0.1' });
    const { error } = await untilEvent(program, 'failed');
    assert.equal(error.reason, 'access-denied');
    assert.equal(await nameAt(t, other?.local.port ?? 0), 'hello');
    assert.equal(await end(program), 255);
    assert.deepEqual(JSON.parse(program.stderr.text), { error });
  });

  it('fails when every port has ended for good', async (t) => {
    const target = await startCommandTarget(t);
    const program = startCommand(t, target, ['forward', TARGET, '--json', '0:80']);
    const { local } = await untilEvent(program, 'listening');
    target.aws.sessions[0]?.terminate();
    await untilEvent(program, 'idle');
    target.aws.refuse('StartSession', DENIED);
    await connectLocally(t, { port: local.port, host: '127.0.0.1' });
    assert.deepEqual(await program.end(), { status: 255, signal: null });
  });
});
