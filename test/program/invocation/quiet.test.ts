import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { startPiped } from '../support/piped-program.ts';
import { nonInteractiveCommand, openPipedSession, startSession } from '../support/target.ts';

const QUIET = { SSM_PLUGIN_QUIET: '1' };

describe('SSM_PLUGIN_QUIET=1', () => {
  it('leaves stdout to the shell on the target', async (t) => {
    const { program } = await openPipedSession(t, {}, { env: QUIET });
    program.stdin.end('exit\n');
    assert.deepEqual(await program.end(), { status: 0, signal: null });
    assert.doesNotMatch(program.stdout.text, /session/i);
    assert.equal(program.stderr.text, '');
  });

  it('leaves stdout, stderr and the status to a command on the target', async (t) => {
    const command = nonInteractiveCommand('echo out; echo err >&2; exit 7', true);
    const { program } = await openPipedSession(t, command, { env: QUIET });
    assert.deepEqual(await program.end(), { status: 7, signal: null });
    assert.equal(program.stdout.text, 'out\n');
    assert.equal(program.stderr.text, 'err\n');
  });

  it('still reports why a session does not start, where callers expect it', async (t) => {
    const { session, args } = await startSession(t);
    session.setGateway('unavailable');
    const program = startPiped(t, args, { env: QUIET });
    assert.deepEqual(await program.end(), { status: 1, signal: null });
    assert.match(program.stdout.text, /^Cannot perform start session: [^\n]+\n$/);
  });
});

describe('SSM_PLUGIN_QUIET', () => {
  it('off is as not set', async (t) => {
    const { program } = await openPipedSession(t, {}, { env: { SSM_PLUGIN_QUIET: '0' } });
    program.stdin.end('exit\n');
    await program.end();
    assert.match(program.stdout.text, /^\nStarting session with SessionId: /);
  });

  it('with another value is refused, naming it', async (t) => {
    const { args } = await startSession(t);
    const program = startPiped(t, args, { env: { SSM_PLUGIN_QUIET: 'maybe' } });
    assert.deepEqual(await program.end(), { status: 1, signal: null });
    assert.equal(
      program.stdout.text,
      'Cannot perform start session: SSM_PLUGIN_QUIET is "maybe", which is not a valid value. Set 1 to print no messages except failures, or 0.\n',
    );
  });
});
