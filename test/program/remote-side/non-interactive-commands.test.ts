import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { nonInteractiveCommand, openPipedSession, openTerminalSession } from '../support/target.ts';

describe('a command without a terminal on the target', () => {
  it('gives its outputs apart, and its status as text and as the program’s own', async (t) => {
    const { program, session } = await openPipedSession(
      t,
      nonInteractiveCommand('echo out; echo err >&2; exit 7', true),
    );
    assert.deepEqual(await program.end(), { status: 7, signal: null });
    assert.equal(
      program.stdout.text,
      `\nStarting session with SessionId: ${session.sessionId}\n` +
        'out\nEXIT_CODE: 7' +
        `\n\nExiting session with sessionId: ${session.sessionId}.\n\n`,
    );
    assert.equal(program.stderr.text, 'err\n');
  });

  it('that succeeds reports its status, too', async (t) => {
    const { program } = await openPipedSession(t, nonInteractiveCommand('true', true));
    assert.deepEqual(await program.end(), { status: 0, signal: null });
    assert.match(program.stdout.text, /EXIT_CODE: 0\n/);
  });

  it('gives its outputs together and no status when it is not asked to', async (t) => {
    const { program, session } = await openPipedSession(
      t,
      nonInteractiveCommand('echo out; echo err >&2; exit 7', false),
    );
    assert.deepEqual(await program.end(), { status: 0, signal: null });
    assert.equal(
      program.stdout.text,
      `\nStarting session with SessionId: ${session.sessionId}\n` +
        'out\nerr\n' +
        `\n\nExiting session with sessionId: ${session.sessionId}.\n\n`,
    );
    assert.equal(program.stderr.text, '');
  });

  it('does not end with the input of the program', async (t) => {
    const { program } = await openPipedSession(
      t,
      nonInteractiveCommand('echo begin; sleep 0.3; echo end; exit 4', true),
    );
    program.stdin.end();
    assert.deepEqual(await program.end(), { status: 4, signal: null });
    assert.match(program.stdout.text, /begin\nend\nEXIT_CODE: 4/);
  });

  it('gives a large output whole', async (t) => {
    const { program } = await openPipedSession(
      t,
      nonInteractiveCommand('seq 1 300000; seq 1 3000 >&2', true),
    );
    assert.deepEqual(await program.end(), { status: 0, signal: null });
    const lines = (count: number): string =>
      Array.from({ length: count }, (_, index) => `${index + 1}\n`).join('');
    assert.ok(program.stdout.text.includes(`\n${lines(300_000)}EXIT_CODE: 0\n`));
    assert.equal(program.stderr.text, lines(3000));
  });

  it('gives its status in a terminal, too, which is restored', async (t) => {
    const { program } = await openTerminalSession(t, nonInteractiveCommand('exit 9', true));
    assert.deepEqual(await program.end(), { status: 9, settings: program.settingsBefore });
  });

  it('is interrupted by Ctrl-C in a terminal', async (t) => {
    const command = `trap 'echo interrupted; exit 5' INT; echo ready; while :; do sleep 0.05; done`;
    const { program } = await openTerminalSession(t, nonInteractiveCommand(command, true));
    await program.screen.until('the command', (text) => text.includes('ready'));
    program.type('\x03');
    // The agent waits for a command that it has signalled twice, and has lost its status then.
    assert.equal((await program.end()).status, 1);
    assert.match(program.screen.text, /interrupted/);
  });
});
