import assert from 'node:assert/strict';
import { once } from 'node:events';
import { describe, it, type TestContext } from 'node:test';
import { createVirtualClock } from '../../../support/virtual-clock.ts';
import { connectLocally, readToEnd } from '../../port/support/local-program.ts';
import { startService } from '../../port/support/target-service.ts';
import type { PipedProgram } from '../../support/piped-program.ts';
import { TARGET } from '../../support/target.ts';
import { untilEvent } from '../support/forwarding.ts';
import { startCommand, startCommandTarget, type CommandTarget } from '../support/run-command.ts';

const MINUTE_MS = 60_000;
/** docs/design/agent.md#timing */
const IDLE_MS = 20 * MINUTE_MS;
const MAXIMUM_MS = 60 * MINUTE_MS;

interface Forwarded {
  readonly target: CommandTarget;
  readonly program: PipedProgram;
  readonly port: number;
  readonly clock: ReturnType<typeof createVirtualClock>;
}

/** Forwards a port to a service that echoes, through sessions with the limits of the service. */
async function forward(t: TestContext): Promise<Forwarded> {
  const clock = createVirtualClock();
  const echo = await startService(t, (socket) => socket.pipe(socket));
  const lifetime = { clock, idleMs: IDLE_MS, maximumMs: MAXIMUM_MS };
  const target = await startCommandTarget(t, { sessions: { lifetime } });
  const program = startCommand(t, target, ['forward', TARGET, '--json', `0:${echo.port}`]);
  const { local } = await untilEvent(program, 'listening');
  return { target, program, port: local.port, clock };
}

async function end(program: PipedProgram): Promise<number | null> {
  program.kill('SIGINT');
  return (await program.end()).status;
}

describe('forward, when the service ends its session by itself', { timeout: 120_000 }, () => {
  it('waits for the next connection after an idle session, and starts another one for it', async (t) => {
    const { target, program, port, clock } = await forward(t);
    clock.advance(IDLE_MS);
    const { error } = await untilEvent(program, 'idle');
    assert.match(error?.message ?? '', /timed out due to inactivity/);
    assert.equal(target.aws.sessions.length, 1);
    const socket = await connectLocally(t, { port, host: '127.0.0.1' });
    socket.write('x');
    assert.equal(String((await once(socket, 'data'))[0]), 'x');
    assert.equal(target.aws.sessions.length, 2);
    assert.equal(await end(program), 0);
  });

  it('keeps a session that carries data, until its maximum duration: then programs get another one', async (t) => {
    const { target, program, port, clock } = await forward(t);
    const socket = await connectLocally(t, { port, host: '127.0.0.1' });
    const [first] = target.aws.sessions;
    const ended = readToEnd(socket);
    const next = target.aws.nextSession();
    for (let passed = IDLE_MS / 2; passed < MAXIMUM_MS; passed += IDLE_MS / 2) {
      clock.advance(IDLE_MS / 2);
      socket.write('x');
      await once(socket, 'data');
    }
    clock.advance(IDLE_MS / 2);
    assert.match((await first?.closed)?.output ?? '', /maximum duration/);
    await ended;
    await next;
    const replaced = await connectLocally(t, { port, host: '127.0.0.1' });
    replaced.write('y');
    assert.equal(String((await once(replaced, 'data'))[0]), 'y');
    assert.equal(await end(program), 0);
  });
});
