import assert from 'node:assert/strict';
import { describe, it, type TestContext } from 'node:test';
import type { Account } from '../support/account.ts';
import { WEB_TASK, startTasks, targetOf } from '../support/ecs.ts';
import { outcomeOf, startCommand, startTerminalCommand } from '../support/run-command.ts';

describe('exec in an ECS container', () => {
  const NAME = 'ecs://shop/web';

  async function exec(t: TestContext, ...args: readonly string[]): ReturnType<Account['run']> {
    const account = await startTasks(t, [WEB_TASK]);
    const run = await account.run(['exec', ...args]);
    const operations = account.aws.apiCalls.map(({ operation }) => operation);
    assert.ok(!operations.includes('StartSession'), 'ECS starts the session');
    return run;
  }

  it('has the exit status of the command', async (t) => {
    const { status, stdout, stderr } = await exec(t, NAME, '--', 'echo some; exit 7');
    assert.deepEqual({ status, stdout, stderr }, { status: 7, stdout: 'some\n', stderr: '' });
  });

  it('passes on both outputs in their order, without a terminal and without input', async (t) => {
    const script = 'echo 1; echo 2 >&2; test -t 1 || echo 3; cat; echo 4; exec false';
    const { status, stdout } = await exec(t, NAME, '--', script);
    assert.deepEqual({ status, stdout }, { status: 1, stdout: '1\n2\n3\n4\n' });
  });

  it('keeps carriage returns of the command', async (t) => {
    const script = String.raw`printf 'a\r\nb\rc\n\r\r\nd\r'`;
    const { stdout } = await exec(t, NAME, '--', script);
    assert.equal(stdout, 'a\r\nb\rc\n\r\r\nd\r');
  });

  it('passes on more than one answer has', async (t) => {
    const { status, stdout } = await exec(t, NAME, '--', 'seq 1 3000');
    assert.equal(status, 0);
    assert.equal(stdout, Array.from({ length: 3000 }, (_, i) => `${i + 1}\n`).join(''));
  });

  it('takes quotes, braces and lines as they are', async (t) => {
    const { stdout } = await exec(
      t,
      NAME,
      '--',
      `echo "it's {{ x }} $$" | sed 's/[0-9]*$//'\necho 2`,
    );
    assert.equal(stdout, "it's {{ x }} \n2\n");
  });

  it('ends with Ctrl-C, whose status the command has', async (t) => {
    const account = await startTasks(t, [WEB_TASK]);
    const script = 'echo begin; sleep 600; echo after';
    const program = startCommand(t, account, ['exec', NAME, '--', script]);
    await program.stdout.until('the command', (text) => text.includes('begin'));
    program.kill('SIGINT');
    assert.equal((await program.end()).status, 130);
    assert.equal(program.stdout.text, 'begin\n');
  });

  it('runs the command in a terminal with -t', async (t) => {
    const { status, stdout } = await exec(t, '-t', NAME, '--', 'test -t 1 && echo yes; exit 3');
    assert.deepEqual({ status, stdout }, { status: 3, stdout: 'yes\r\n' });
  });

  it('refuses --reason, which ECS does not keep', async (t) => {
    const { status, stderr } = await exec(t, '--reason', 'why', NAME, '--', 'true');
    assert.equal(status, 255);
    assert.match(stderr, /--reason cannot be used on ECS containers/);
    const account = await startTasks(t, [WEB_TASK]);
    const args = ['exec', '-it', '--reason', 'why', NAME, '--', 'true'];
    const program = await startTerminalCommand(t, account, args);
    await program.screen.until('the refusal', (text) => text.includes('--reason cannot be used'));
    assert.equal((await program.end()).status, 255);
  });

  it('gets input by sessions of Systems Manager', async (t) => {
    const account = await startTasks(t, [WEB_TASK]);
    const program = startCommand(t, account, ['exec', '-i', NAME, '--', 'cat; exit 5']);
    program.stdin.end('input\r\n');
    const { stdout } = await outcomeOf(program);
    assert.equal(stdout, 'input\r\n');
    assert.equal((await program.end()).status, 5);
    assert.ok(account.aws.sessions.every(({ request }) => request.Target === targetOf(WEB_TASK)));
  });
});
