import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { describe, it } from 'node:test';
import { makeFifo } from '../../../support/fifo.ts';
import { startCommandPiped } from '../../support/piped-program.ts';
import { programCommand } from '../../support/program.ts';
import { READY } from '../../support/remote-commands.ts';
import { TARGET } from '../../support/target.ts';
import { startTerminalCommand, startCommandTarget } from '../support/run-command.ts';

describe('a command of exec', () => {
  it('leaves stdin to the program that reads it next', async (t) => {
    const target = await startCommandTarget(t);
    const loop = 'while read -r line; do "$@" "echo got $line"; done';
    const command = ['bash', '-c', `printf 'a\\nb\\nc\\n' | { ${loop}; }`, 'bash'];
    const exec = programCommand(['exec', TARGET, '--']);
    const program = startCommandPiped(t, [...command, ...exec], { env: target.env });
    assert.deepEqual(await program.end(), { status: 0, signal: null });
    assert.equal(program.stdout.text, 'got a\ngot b\ngot c\n');
  });

  it('leaves what is typed to the program that reads it next, but for Ctrl-C', async (t) => {
    const target = await startCommandTarget(t);
    const script = `trap 'echo interrupted; exit 5' INT; echo ${READY}; while :; do sleep 0.05; done`;
    const program = await startTerminalCommand(t, target, ['exec', TARGET, '--', script]);
    await program.screen.until('the command', (text) => text.includes(READY));
    assert.equal(program.settings(), program.settingsBefore);
    program.type('next');
    program.type('\x03');
    // The agent has lost the status of a command that it has signalled.
    assert.equal((await program.end()).status, 130);
    assert.match(program.screen.text, /interrupted/);
    const { inputBytes } = target.aws.sessions[0]?.record ?? {};
    assert.equal(inputBytes, 1);
  });

  it('is left with a second Ctrl-C when the first does not end it', async (t) => {
    const target = await startCommandTarget(t);
    const script = `trap '' INT; echo ${READY}; while :; do sleep 0.05; done`;
    const program = await startTerminalCommand(t, target, ['exec', TARGET, '--', script]);
    await program.screen.until('the command', (text) => text.includes(READY));
    program.type('\x03');
    await program.screen.until('how to leave', (text) => text.includes('Press Ctrl-C again'));
    program.type('\x03');
    assert.equal((await program.end()).status, 130);
    await target.aws.sessions[0]?.closed;
  });

  it('goes on when Ctrl-Z has stopped the program, and the shell lets it go on', async (t) => {
    const target = await startCommandTarget(t);
    const goOn = makeFifo(t);
    const script = `echo ${READY}; read -r _ < ${goOn}; echo done; exit 6`;
    const program = await startTerminalCommand(t, target, ['exec', TARGET, '--', script], {
      through: ['bash', '-c', 'set -m; "$@"; echo "<stopped>"; fg', 'bash'],
    });
    await program.screen.until('the command', (text) => text.includes(READY));
    program.type('\x1a');
    await program.screen.until('the stop', (text) => text.includes('<stopped>'));
    writeFileSync(goOn, '\n');
    assert.equal((await program.end()).status, 6);
    assert.match(program.screen.text, /done/);
  });
});
