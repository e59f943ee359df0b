import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { pathOfShell, POSIX_SHELLS } from '../../../support/posix-shells.ts';
import { needs } from '../../../support/require-tools.ts';
import { READY } from '../../support/remote-commands.ts';
import { TARGET } from '../../support/target.ts';
import {
  outcomeOf,
  runAlone,
  startCommand,
  startCommandTarget,
  startTerminalCommand,
} from '../support/run-command.ts';

describe('exec -t', () => {
  for (const shell of POSIX_SHELLS) {
    it(
      `runs the command in a terminal, with its status, with ${shell.name}`,
      needs(shell.tool),
      async (t) => {
        const environment = { PATH: pathOfShell(t, shell) };
        const target = await startCommandTarget(t, { sessions: { agent: { environment } } });
        const program = await startTerminalCommand(
          t,
          target,
          ['exec', '-t', TARGET, '--', 'test -t 0 && test -t 1 && stty size; exit 7'],
          { size: { cols: 91, rows: 33 } },
        );
        assert.deepEqual(await program.end(), { status: 7, settings: program.settingsBefore });
        assert.match(program.screen.text, /^33 91\r+\n$/);
      },
    );

    it(
      `passes keys to the command, Ctrl-C included, with ${shell.name}`,
      needs(shell.tool),
      async (t) => {
        const environment = { PATH: pathOfShell(t, shell) };
        const target = await startCommandTarget(t, { sessions: { agent: { environment } } });
        const script = `trap 'echo interrupted; exit 5' INT; read -r line; echo "got $line"; echo ${READY}; while :; do sleep 0.05; done`;
        const program = await startTerminalCommand(t, target, [
          'exec',
          '-it',
          TARGET,
          '--',
          script,
        ]);
        program.type('typed\r');
        await program.screen.until('the command', (text) => text.includes(READY));
        program.type('\x03');
        assert.equal((await program.end()).status, 5);
        assert.match(program.screen.text, /got typed[^]*interrupted/);
      },
    );
  }

  it('has the status of a command that Ctrl-C has ended', async (t) => {
    const target = await startCommandTarget(t);
    const script = `echo ${READY}; sleep 1000`;
    const program = await startTerminalCommand(t, target, ['exec', '-t', TARGET, '--', script]);
    await program.screen.until('the command', (text) => text.includes(READY));
    program.type('\x03');
    assert.equal((await program.end()).status, 130);
  });

  it('is left with ~.', async (t) => {
    const target = await startCommandTarget(t);
    const script = `echo ${READY}; cat`;
    const program = await startTerminalCommand(t, target, ['exec', '-t', TARGET, '--', script]);
    await program.screen.until('the command', (text) => text.includes(READY));
    program.type('~.');
    assert.deepEqual(await program.end(), { status: 255, settings: program.settingsBefore });
    await target.aws.sessions[0]?.closed;
  });

  it('follows the size of the terminal', async (t) => {
    const target = await startCommandTarget(t);
    const script = `trap 'stty size; exit 0' WINCH; echo ${READY}; while :; do sleep 0.05; done`;
    const program = await startTerminalCommand(t, target, ['exec', '-t', TARGET, '--', script]);
    await program.screen.until('the command', (text) => text.includes(READY));
    program.resize(70, 21);
    assert.equal((await program.end()).status, 0);
    assert.match(program.screen.text, /21 70/);
  });

  it('runs the command in a terminal of its own, without input, where there is none here', async (t) => {
    const target = await startCommandTarget(t);
    const command = ['exec', '-t', TARGET, '--', 'test -t 0 && echo yes; exit 3'];
    const program = startCommand(t, target, command);
    assert.deepEqual(await outcomeOf(program), { status: 3, stdout: 'yes\r\n', stderr: '' });
  });

  it('is cut off with a sentence and status 255', async (t) => {
    const target = await startCommandTarget(t);
    const script = `echo ${READY}; sleep 1000`;
    const program = await startTerminalCommand(t, target, ['exec', '-t', TARGET, '--', script]);
    await program.screen.until('the command', (text) => text.includes(READY));
    target.aws.sessions[0]?.terminate();
    assert.equal((await program.end()).status, 255);
    assert.match(program.screen.text, /The session ended before the command/);
  });

  it('runs a command in a container, where the agent runs no shell', async (t) => {
    const target = await startCommandTarget(t);
    const container = 'ecs:shop_0123456789abcdef_0123456789abcdef-1234567890';
    const command = ['exec', '-t', container, '--', 'echo "a  b" | tr a c; exit 4'];
    const program = startCommand(t, target, command);
    assert.deepEqual(await outcomeOf(program), { status: 4, stdout: 'c  b\r\n', stderr: '' });
  });
});

describe('options of exec that contradict each other', () => {
  it('are reported, with what to do', async (t) => {
    for (const [options, pattern] of [
      [['-t', '--binary'], /--binary cannot be used with -t/],
      [['-it'], /-t cannot be used with -i here: stdin is not a terminal/],
    ] as const) {
      const run = await runAlone(t, ['exec', ...options, TARGET, '--', 'true']);
      assert.equal(run.status, 255);
      assert.match(run.stderr, pattern);
    }
  });
});
