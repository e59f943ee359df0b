import assert from 'node:assert/strict';
import { describe, it, type TestContext } from 'node:test';
import type { AgentOptions } from '../../../local-aws/local-aws.ts';
import { createDeferred } from '../../../../src/lib/deferred.ts';
import { startSilentService } from '../../port/support/target-service.ts';
import type { PipedProgram } from '../../support/piped-program.ts';
import { TARGET } from '../../support/target.ts';
import { eventsIn, nameAt, startNamed, untilEvent } from '../support/forwarding.ts';
import { startCommand, startCommandTarget } from '../support/run-command.ts';

/** The results of all checks so far. */
function resultsIn(program: PipedProgram): readonly string[] {
  return eventsIn(program.stdout.text).flatMap((event) =>
    event.event === 'checked' ? [event.result] : [],
  );
}

async function startChecked(
  t: TestContext,
  port: number,
  agent: AgentOptions = {},
): Promise<Awaited<ReturnType<typeof startCommandTarget>> & { readonly program: PipedProgram }> {
  const target = await startCommandTarget(t, { sessions: { agent } });
  const program = startCommand(t, target, ['forward', TARGET, '--json', '--check', `0:${port}`]);
  await untilEvent(program, 'listening');
  return { ...target, program };
}

async function end(program: PipedProgram): Promise<void> {
  program.kill('SIGINT');
  assert.deepEqual(await program.end(), { status: 0, signal: null });
}

describe('forward --check', { timeout: 120_000 }, () => {
  it('reports that the destination answers, also if it never sends anything, and sends it nothing', async (t) => {
    const service = await startSilentService(t);
    const { aws, program } = await startChecked(t, service.port);
    await untilEvent(program, 'checked');
    assert.deepEqual(resultsIn(program), ['answers']);
    assert.equal(service.accepted, 1);
    const [session] = aws.sessions;
    await session?.until('no connection is left', ({ record }) => record.targetConnections === 0);
    assert.equal(
      eventsIn(program.stdout.text).some(({ event }) => event === 'connected'),
      false,
      'it is no connection of a program',
    );
    await end(program);
  });

  it('reports that it refuses connections, and then that it answers', async (t) => {
    const service = await startNamed(t, 'hello');
    await service.crash();
    const { program } = await startChecked(t, service.port);
    await untilEvent(program, 'checked');
    assert.deepEqual(resultsIn(program), ['refused']);
    await service.restart();
    const { local } = await untilEvent(program, 'listening');
    assert.equal(await nameAt(t, local.port), 'hello');
    await program.stdout.until('the answer', () => resultsIn(program).length === 2);
    assert.deepEqual(resultsIn(program), ['refused', 'answers']);
    assert.ok(eventsIn(program.stdout.text).every(({ event }) => event !== 'destination-failed'));
    await end(program);
  });

  it('checks again with the next session', async (t) => {
    const service = await startNamed(t, 'hello');
    const { aws, program } = await startChecked(t, service.port);
    await untilEvent(program, 'checked');
    aws.sessions[0]?.terminate();
    await untilEvent(program, 'idle');
    await service.crash();
    const { local } = await untilEvent(program, 'listening');
    const [, again] = [await nameAt(t, local.port), await untilEvent(program, 'ready')];
    assert.equal(again.event, 'ready');
    await program.stdout.until('the second result', () => resultsIn(program).length === 2);
    assert.deepEqual(resultsIn(program), ['answers', 'refused']);
    await end(program);
  });

  it('prints what is wrong in a line that names the destination', async (t) => {
    const service = await startNamed(t, 'hello');
    await service.crash();
    const target = await startCommandTarget(t);
    const program = startCommand(t, target, ['forward', TARGET, '--check', `0:${service.port}`]);
    await program.stderr.until('the result', (text) => text.includes('cannot connect'));
    assert.match(
      program.stderr.text,
      new RegExp(`127\\.0\\.0\\.1:\\d+: ${TARGET} cannot connect to port ${service.port} of `),
    );
    await end(program);
  });

  it('waits for a connect that takes long', async (t) => {
    const service = await startNamed(t, 'hello');
    const dial = createDeferred<undefined>();
    const { aws, program } = await startChecked(t, service.port, {
      beforeDial: () => dial.promise,
    });
    const [session] = aws.sessions;
    await session?.until('the probe', ({ record }) => record.received > 1);
    assert.deepEqual(resultsIn(program), []);
    dial.resolve(undefined);
    await untilEvent(program, 'checked');
    assert.deepEqual(resultsIn(program), ['answers']);
    await end(program);
  });

  it('knows of an agent without multiplexing that it has connected when its session goes on', async (t) => {
    const service = await startSilentService(t);
    const { program } = await startChecked(t, service.port, { version: '3.0.196.0' });
    await untilEvent(program, 'checked');
    assert.deepEqual(resultsIn(program), ['answers']);
    assert.equal(service.accepted, 1);
    await end(program);
  });
});
