import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { WEB_TASK, startTasks } from '../support/ecs.ts';
import { outcomeOf, startCommand, startTerminalCommand } from '../support/run-command.ts';

const COMMAND = ['--', 'echo there'];

describe('shell in an ECS container', () => {
  it('is the best shell there, with its exit status', async (t) => {
    const account = await startTasks(t, [WEB_TASK]);
    const program = startCommand(t, account, ['shell', 'ecs://shop']);
    program.stdin.end('echo "$BASH_VERSION" | sed "s/[0-9].*/bash/"; exit 9\n');
    const { stdout } = await outcomeOf(program);
    assert.match(stdout, /^bash\r$/m);
    assert.equal((await program.end()).status, 9);
    assert.deepEqual(account.aws.ecsCalls, ['ListTasks', 'DescribeTasks', 'ExecuteCommand']);
    assert.deepEqual(account.aws.apiCalls, []);
  });

  it('is set up by options, also for a command, all by ECS', async (t) => {
    const account = await startTasks(t, [WEB_TASK]);
    const program = await startTerminalCommand(t, account, [
      ...['shell', 'ecs://shop', '--dir', '/', '--env', 'STAGE=test', '--'],
      'echo "<$PWD $STAGE>"; exit 4',
    ]);
    await program.screen.until('its output', (text) => text.includes('</ test>'));
    assert.equal((await program.end()).status, 4);
    assert.equal(account.aws.ecsCalls.at(-1), 'ExecuteCommand');
    assert.deepEqual(account.aws.apiCalls, []);
  });

  it('runs what --command names, unchanged', async (t) => {
    const account = await startTasks(t, [WEB_TASK]);
    const { status, stdout } = await account.run([
      ...['shell', 'ecs://shop', '--quiet', '--command'],
      `printf '%s|' a "b c" $HOME`,
    ]);
    assert.deepEqual({ status, stdout }, { status: 0, stdout: 'a|b c|$HOME|' });
    assert.deepEqual(account.aws.sessions[0]?.request.Parameters, {
      command: [`printf '%s|' a "b c" $HOME`],
    });
  });

  for (const [args, message] of [
    [['ecs://shop', '--reason', 'why'], /--reason cannot be used on ECS containers/],
    [['i-0123456789abcdef0', '--command', 'top'], /--command is for ECS containers/],
  ] as const) {
    it(`refuses ${args.join(' ')}`, async (t) => {
      const account = await startTasks(t, [WEB_TASK]);
      const { status, stderr } = await account.run(['shell', ...args]);
      assert.equal(status, 255);
      assert.match(stderr, message);
    });
  }

  it('is waited for with --wait until its agent runs', async (t) => {
    const containers = [{ name: 'app', agentStatus: 'PENDING' }];
    const account = await startTasks(t, [{ ...WEB_TASK, containers }]);
    const program = startCommand(t, account, ['exec', '--wait', 'ecs://shop/web', ...COMMAND]);
    await program.stderr.until('the wait', (text) => text.includes('Waiting for'));
    account.aws.replaceTasks([WEB_TASK]);
    assert.equal((await program.end()).status, 0, program.stderr.text);
    assert.equal(program.stdout.text, 'there\n');
  });

  it('is reported when its agent has just stopped', async (t) => {
    const account = await startTasks(t, [WEB_TASK]);
    account.aws.refuse('ExecuteCommand', {
      ...{ status: 400, type: 'InvalidParameterException' },
      message: 'The execute command failed because the execute command agent isn’t running.',
    });
    const { stderr } = await account.run(['shell', 'ecs://shop/web']);
    assert.match(stderr, /the container is not connected to Systems Manager/);
  });

  it('is reported when ECS cannot reach the agent', async (t) => {
    const account = await startTasks(t, [WEB_TASK]);
    account.aws.refuse('ExecuteCommand', {
      ...{ status: 400, type: 'TargetNotConnectedException' },
      message: 'The execute command failed due to an internal error. Try again later.',
    });
    const { status, stderr } = await account.run(['shell', 'ecs://shop/web']);
    assert.equal(status, 255);
    assert.match(stderr, /`aws ecs describe-tasks --cluster shop --tasks 0a1b/);
  });
});
