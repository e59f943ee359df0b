import assert from 'node:assert/strict';
import { describe, it, type TestContext } from 'node:test';
import { startLocalKms } from '../../../resilience/support/local-kms.ts';
import { connectLocally, readExactly, readToEnd } from '../../port/support/local-program.ts';
import { closedPort, startService } from '../../port/support/target-service.ts';
import type { PipedProgram } from '../../support/piped-program.ts';
import { TARGET } from '../../support/target.ts';
import { eventsIn, nameAt, startNamed, untilEvent } from '../support/forwarding.ts';
import { outcomeOf, startCommand, startCommandTarget } from '../support/run-command.ts';
import { LOCALHOST } from '../../../support/localhost.ts';
import { needs } from '../../../support/require-tools.ts';

const startEcho = (t: TestContext): ReturnType<typeof startService> =>
  startService(t, (socket) => socket.pipe(socket));

/** The local ports, once as many listen. */
async function localPorts(program: PipedProgram, count: number): Promise<readonly number[]> {
  const ports = (): readonly number[] =>
    eventsIn(program.stdout.text)
      .flatMap(({ event, local, destination }) =>
        event === 'listening' ? [[destination.port, local.port] as const] : [],
      )
      .map(([, local]) => local);
  await program.stdout.until(`${count} ports`, () => ports().length === count);
  return ports();
}

async function end(program: PipedProgram): Promise<void> {
  program.kill('SIGINT');
  assert.deepEqual(await program.end(), { status: 0, signal: null });
}

describe('the tunnel of forward --fast', { timeout: 180_000, ...needs(LOCALHOST) }, () => {
  it('carries the connections of all ports, and is started again once for all', async (t) => {
    const services = [await startNamed(t, 'one'), await startNamed(t, 'two'), await startEcho(t)];
    const target = await startCommandTarget(t);
    const program = startCommand(t, target, [
      ...['forward', TARGET, '--json', '--fast'],
      ...services.map(({ port }) => `0:${port}`),
    ]);
    await localPorts(program, 3);
    const localOf = (service: { readonly port: number } | undefined): number =>
      eventsIn(program.stdout.text).find(
        ({ event, destination }) => event === 'listening' && destination.port === service?.port,
      )?.local.port ?? 0;
    const [one, two, echo] = services.map(localOf);
    assert.equal(await nameAt(t, one ?? 0), 'one');
    assert.equal(await nameAt(t, two ?? 0), 'two');
    assert.equal(target.aws.sessions.length, 2);
    const ready = (): number =>
      eventsIn(program.stdout.text).filter(({ event }) => event === 'ready').length;
    const sockets = await Promise.all(
      [1, 2].map(async () => {
        const socket = await connectLocally(t, { port: echo ?? 0, host: '127.0.0.1' });
        socket.write('a');
        await readExactly(socket, 1);
        return socket;
      }),
    );
    const closed = sockets.map(
      (socket) =>
        new Promise((resolve) => socket.on('error', () => undefined).once('close', resolve)),
    );
    target.aws.sessions[1]?.terminate();
    await Promise.all(closed);
    await program.stdout.until('the port that was used', () => ready() === 1);
    assert.equal(await nameAt(t, one ?? 0), 'one');
    assert.equal(await nameAt(t, two ?? 0), 'two');
    assert.equal(target.aws.sessions.length, 4);
    await end(program);
    for (const session of target.aws.sessions) await session.closed;
    assert.equal(program.stderr.text, '');
  });

  it('is there as often as --sessions asks for, and the ports share its sessions', async (t) => {
    const echo = await startEcho(t);
    const target = await startCommandTarget(t);
    const program = startCommand(t, target, [
      ...['forward', TARGET, '--json', '--fast', '--sessions', '2'],
      ...[`0:${echo.port}`, `0:localhost:${echo.port}`],
    ]);
    const ports = await localPorts(program, 2);
    const full = (): number =>
      eventsIn(program.stdout.text).filter((event) => event.event === 'sessions' && event.up === 2)
        .length;
    await program.stdout.until('both tunnels of both ports', () => full() === 2);
    assert.equal(target.aws.sessions.length, 4);
    for (const port of [...ports, ...ports]) {
      const socket = await connectLocally(t, { port, host: '127.0.0.1' });
      socket.end('through');
      assert.equal((await readToEnd(socket)).toString(), 'through');
    }
    await end(program);
    for (const session of target.aws.sessions) await session.closed;
  });

  it('reports what prevents it once, whatever the number of ports', async (t) => {
    const nodes = [{ id: TARGET, platformType: 'Windows' }] as const;
    const target = await startCommandTarget(t, { nodes });
    const { status, stderr } = await outcomeOf(
      startCommand(t, target, ['forward', TARGET, '--fast', '0:80', '0:81', '0:82']),
    );
    assert.equal(status, 255);
    assert.match(stderr, /^session-manager-plugin: forward --fast needs a POSIX shell [^\n]*\n$/);
  });

  it('reports for each port that a session has lost its connection, and has it again', async (t) => {
    const echo = await startEcho(t);
    const target = await startCommandTarget(t);
    const program = startCommand(t, target, [
      ...['forward', TARGET, '--json', '--fast', `0:${echo.port}`, `0:localhost:${echo.port}`],
    ]);
    const [port = 0] = await localPorts(program, 2);
    const socket = await connectLocally(t, { port, host: '127.0.0.1' });
    socket.write('before');
    await readExactly(socket, 6);
    const [, session] = target.aws.sessions;
    session?.setGateway('unavailable');
    session?.cutClient();
    const count = (kind: string): number =>
      eventsIn(program.stdout.text).filter(({ event }) => event === kind).length;
    await program.stdout.until('the loss', () => count('reconnecting') === 2);
    session?.setGateway('up');
    await program.stdout.until('the return', () => count('reconnected') === 2);
    socket.end('still');
    assert.equal((await readToEnd(socket)).toString(), 'still');
    await end(program);
    assert.equal(program.stderr.text, '');
  });

  it('is opened by the first connection with --on-demand, and closed by --idle when no port uses it', async (t) => {
    const services = [await startEcho(t), await startNamed(t, 'two')];
    const target = await startCommandTarget(t);
    const program = startCommand(t, target, [
      ...['forward', TARGET, '--json', '--fast', '--on-demand', '--idle', '1s'],
      ...services.map(({ port }) => `0:${port}`),
    ]);
    const [first = 0, second = 0] = await localPorts(program, 2);
    assert.equal(target.aws.sessions.length, 0);
    for (let pairs = 1; pairs <= 2; pairs++) {
      const socket = await connectLocally(t, { port: first, host: '127.0.0.1' });
      socket.write('kept');
      await readExactly(socket, 4);
      const other = await connectLocally(t, { port: second, host: '127.0.0.1' });
      assert.equal((await readToEnd(other)).toString(), 'two');
      other.end();
      const idle = (): number =>
        eventsIn(program.stdout.text).filter(
          ({ event, local }) => event === 'idle' && local.port === second,
        ).length;
      await program.stdout.until('the second port alone is idle', () => idle() === 1 + pairs);
      assert.equal(target.aws.sessions.length, 2 * pairs);
      assert.ok(target.aws.sessions.slice(-2).every((session) => session.end === undefined));
      socket.end();
      await readToEnd(socket);
      for (const session of target.aws.sessions) await session.closed;
    }
    await end(program);
  });

  it('finds out with --check whether destinations answer', async (t) => {
    const service = await startNamed(t, 'hello');
    const closed = await closedPort(t);
    const target = await startCommandTarget(t);
    const program = startCommand(t, target, [
      ...['forward', TARGET, '--json', '--fast', '--check', `0:${service.port}`, `0:${closed}`],
    ]);
    const results = (): Readonly<Record<number, string>> =>
      Object.fromEntries(
        eventsIn(program.stdout.text).flatMap((event) =>
          event.event === 'checked' ? [[event.destination.port, event.result]] : [],
        ),
      );
    await program.stdout.until('both results', () => Object.keys(results()).length === 2);
    assert.deepEqual(results(), { [service.port]: 'answers', [closed]: 'refused' });
    assert.equal(target.aws.sessions.length, 2);
    await end(program);
  });

  it('serves a program beside it, and ends with it', async (t) => {
    const service = await startNamed(t, 'hello');
    const target = await startCommandTarget(t);
    const program = startCommand(t, target, [
      ...['forward', TARGET, '--fast', `0:${service.port}`, '--exec', '--', process.execPath, '-e'],
      "require('net').connect(process.env.PORT_1, '127.0.0.1').pipe(process.stdout)",
    ]);
    assert.deepEqual(await program.end(), { status: 0, signal: null });
    assert.equal(program.stdout.text, 'hello');
    assert.equal(program.stderr.text, '');
    for (const session of target.aws.sessions) await session.closed;
  });

  it('has two encrypted sessions where the preferences ask for KMS', async (t) => {
    const echo = await startEcho(t);
    const kms = await startLocalKms(t);
    const target = await startCommandTarget(t, {
      sessions: { agent: { encryption: kms.encryption } },
    });
    const program = startCommand(
      t,
      target,
      ['forward', TARGET, '--json', '--fast', `0:${echo.port}`],
      { env: kms.env },
    );
    const { local } = await untilEvent(program, 'listening');
    const socket = await connectLocally(t, { port: local.port, host: '127.0.0.1' });
    socket.end('through');
    assert.equal((await readToEnd(socket)).toString(), 'through');
    const keys = kms.api.calls.filter(({ operation }) => operation === 'GenerateDataKey');
    assert.equal(keys.length, 2);
    await end(program);
  });
});
