import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { LocalSession } from '../../local-aws/local-aws.ts';
import { outputStalls } from '../support/output-stalls.ts';
import { parentOf, processEnded } from '../support/processes.ts';
import { NO_CREDENTIALS } from '../support/program.ts';
import { startPiped } from '../support/piped-program.ts';
import { READY } from '../support/remote-commands.ts';
import {
  interactiveCommand,
  openPipedSession,
  openShell,
  PROMPT,
  startSession,
} from '../support/target.ts';

/** A caller that waits for the program, as the AWS CLI does. */
const CALLER = ['/bin/sh', '-c', '"$@"; exit $?', 'sh'];

/** The service knows that the client has ended the session, and nothing runs on the target. */
async function assertEndedByClient(session: LocalSession): Promise<void> {
  const { by } = await session.closed;
  assert.ok(by === 'flag' || by === 'api', `the session ended by ${by}`);
  assert.equal(session.record.childProcesses, 0);
}

describe('the session ends on the service and on the target', () => {
  for (const [signal, status] of [
    ['SIGTERM', 143],
    ['SIGHUP', 129],
    ['SIGUSR1', 138],
  ] as const) {
    it(`on ${signal}, in a terminal`, async (t) => {
      const { program, session } = await openShell(t);
      program.kill(signal);
      assert.equal((await program.end()).status, status);
      await assertEndedByClient(session);
      assert.match(program.screen.text, /Exiting session with sessionId: /);
    });
  }

  // As in a native program. The runtime of the tests knows the option.
  it('on SIGUSR1 where the runtime blocks it', async (t) => {
    const { program, session } = await openPipedSession(
      t,
      {},
      { env: { NODE_OPTIONS: '--disable-sigusr1' } },
    );
    await program.stdout.until('the prompt', (text) => text.endsWith(PROMPT));
    program.kill('SIGUSR1');
    assert.deepEqual(await program.end(), { status: 138, signal: null });
    await assertEndedByClient(session);
  });

  it('on SIGTERM, without a terminal', async (t) => {
    const { program, session } = await openPipedSession(t);
    await program.stdout.until('the prompt', (text) => text.endsWith(PROMPT));
    program.kill('SIGTERM');
    assert.deepEqual(await program.end(), { status: 143, signal: null });
    await assertEndedByClient(session);
  });

  it('on SIGTERM without credentials: by the agent', async (t) => {
    const { program, session } = await openPipedSession(t, {}, { env: NO_CREDENTIALS });
    await program.stdout.until('the prompt', (text) => text.endsWith(PROMPT));
    program.kill('SIGTERM');
    assert.deepEqual(await program.end(), { status: 143, signal: null });
    assert.equal((await session.closed).by, 'flag');
  });

  it('on SIGTERM while the connection is lost: by the API', async (t) => {
    const { program, session } = await openPipedSession(t);
    await program.stdout.until('the prompt', (text) => text.endsWith(PROMPT));
    session.setGateway('down');
    session.cutClient();
    await session.until('a try to resume', ({ record }) => record.resumeCalls > 0);
    program.kill('SIGTERM');
    assert.deepEqual(await program.end(), { status: 143, signal: null });
    assert.equal((await session.closed).by, 'api');
  });

  it('on SIGTERM before the session has opened', async (t) => {
    const { args, session } = await startSession(t);
    session.setGateway('silent');
    const program = startPiped(t, args);
    await program.stdout.until('the start', (text) => text.includes('Starting session'));
    program.kill('SIGTERM');
    assert.deepEqual(await program.end(), { status: 143, signal: null });
    assert.equal((await session.closed).by, 'api');
  });

  it('when the caller is killed', async (t) => {
    // It does not end with its input, which ends with the caller.
    const { program, session } = await openPipedSession(
      t,
      interactiveCommand(`printf ${READY}; sleep 600`),
      { through: CALLER },
    );
    await program.stdout.until('the command', (text) => text.endsWith(READY));
    program.kill('SIGKILL');
    assert.deepEqual(await program.end(), { status: null, signal: 'SIGKILL' });
    await assertEndedByClient(session);
  });

  it('when the caller is killed and the terminal stays', async (t) => {
    const { program, session } = await openShell(t, {}, { through: CALLER });
    process.kill(parentOf(program.pid), 'SIGKILL');
    await processEnded(program.pid);
    await assertEndedByClient(session);
  });

  it('when the window of the terminal is closed', async (t) => {
    const { program, session } = await openShell(t);
    program.hangUp();
    await processEnded(program.pid);
    await assertEndedByClient(session);
  });

  it('on SIGTERM though its output is not read', async (t) => {
    const { program, session } = await openPipedSession(t, interactiveCommand('yes'));
    await program.stdout.until('the command', (text) => text.includes('y'));
    program.stdoutPipe.pause();
    await outputStalls(session);
    program.kill('SIGTERM');
    await processEnded(program.pid);
    await assertEndedByClient(session);
  });

  it('when the reader of its output goes away', async (t) => {
    const { program, session } = await openPipedSession(t);
    await program.stdout.until('the prompt', (text) => text.endsWith(PROMPT));
    program.stdoutPipe.destroy();
    program.stdin.write('echo still there\n');
    assert.deepEqual(await program.end(), { status: 0, signal: null });
    await assertEndedByClient(session);
  });
});
