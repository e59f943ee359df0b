import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { startTerminalCommand } from '../../support/run-command.ts';
import { machines, startFleet } from './support/fleet-account.ts';

const EXEC = ['exec', '--all', '--no-color'];

describe('the question of exec on many machines', () => {
  it('names how many and which machines, the user and the history', async (t) => {
    const account = await startFleet(t, machines(12));
    const program = await startTerminalCommand(t, account, [...EXEC, '--', 'echo ok']);
    await program.screen.until('the question', (text) => text.includes('(y/N)'));
    assert.match(
      program.screen.text.replaceAll(/\s+/g, ' '),
      /The command runs as root on 12 machines in us-east-1: web-1, web-2, .*web-10 and 2 more\. AWS keeps its text in the history of Run Command\. Run it\? \(y\/N\)/,
    );
    assert.equal(account.aws.commands.length, 0);
    program.type('y\r');
    const { status } = await program.end();
    assert.equal(status, 0);
    assert.match(program.screen.text, /web-12 +\| ok/);
  });

  for (const answer of ['n\r', '\r', '\x04']) {
    it(`runs nothing after ${JSON.stringify(answer)}`, async (t) => {
      const account = await startFleet(t, machines(2));
      const program = await startTerminalCommand(t, account, [...EXEC, '--', 'true']);
      await program.screen.until('the question', (text) => text.includes('(y/N)'));
      program.type(answer);
      assert.equal((await program.end()).status, 255);
      assert.match(program.screen.text, /The command was not run\./);
      assert.equal(account.aws.commands.length, 0);
    });
  }

  it('runs nothing after Ctrl-C', async (t) => {
    const account = await startFleet(t, machines(2));
    const program = await startTerminalCommand(t, account, [...EXEC, '--', 'true']);
    await program.screen.until('the question', (text) => text.includes('(y/N)'));
    program.type('\x03');
    assert.equal((await program.end()).status, 130);
    assert.equal(account.aws.commands.length, 0);
  });

  it('is not asked with --yes, or for one machine', async (t) => {
    const account = await startFleet(t, machines(2));
    for (const options of [
      ['--all', '--yes'],
      ['--targets', 'web-1'],
    ]) {
      const program = await startTerminalCommand(t, account, ['exec', ...options, '--', 'true']);
      assert.equal((await program.end()).status, 0);
      assert.doesNotMatch(program.screen.text, /\(y\/N\)/);
    }
    assert.equal(account.aws.commands.length, 2);
  });
});

describe('output of machines on a terminal', () => {
  it('cannot control it, while a pipe gets its bytes', async (t) => {
    const account = await startFleet(t, machines(1));
    const command = ['--', String.raw`printf '\033[31mred\033[0m\007 \033]0;title\007end\n'`];
    const program = await startTerminalCommand(t, account, [...EXEC, ...command]);
    assert.equal((await program.end()).status, 0);
    assert.match(program.screen.text, /web-1 \| red end\r\n/);
    for (const part of ['\x1b[31m', '\x07', 'title']) {
      assert.ok(!program.screen.text.includes(part));
    }
    const { stdout } = await account.run(['exec', '-q', '--all', ...command]);
    assert.equal(stdout, 'web-1 | \x1b[31mred\x1b[0m\x07 \x1b]0;title\x07end\n');
  });

  it('has the name of each machine in a color of its own', async (t) => {
    const account = await startFleet(t, machines(2));
    const args = ['exec', '--all', '--yes', '--', 'echo ok'];
    const program = await startTerminalCommand(t, account, args);
    assert.equal((await program.end()).status, 0);
    assert.ok(program.screen.text.includes('\x1b[36mweb-1 | \x1b[39mok'));
    assert.ok(program.screen.text.includes('\x1b[35mweb-2 | \x1b[39mok'));
  });

  it('is written below a bar, which counts', async (t) => {
    const account = await startFleet(t, machines(3));
    const script = 'case $AWS_SSM_INSTANCE_ID in *1) exit 1;; *3) sleep 600;; esac';
    const args = ['exec', '--all', '--yes', '--', script];
    const program = await startTerminalCommand(t, account, args);
    await program.screen.until('the bar', (text) =>
      text.includes('] 2 of 3 done, 1 failed, 1 running'),
    );
    account.aws.commands[0]?.cancel();
    assert.equal((await program.end()).status, 255);
  });
});
