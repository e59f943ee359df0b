import assert from 'node:assert/strict';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, it, type TestContext } from 'node:test';
import type { LocalTask } from '../../local-aws/local-aws.ts';
import { parseArray } from '../../../src/lib/json.ts';
import { startAccount, type Account } from './support/account.ts';
import { JOB_TASK, RUNTIME_ID, SECOND_WEB_TASK, WEB_TASK, WORKER_TASK } from './support/ecs.ts';
import { nameAt, startNamed, untilEvent } from './support/forwarding.ts';
import { outcomeOf, startCommand, startTerminalCommand } from './support/run-command.ts';
import { temporaryDirectory } from '../../support/temporary-directory.ts';

const COMMAND = ['--', 'echo there'];

function start(t: TestContext, tasks: readonly LocalTask[]): Promise<Account> {
  return startAccount(t, [], { tasks });
}

function idOf({ cluster, id }: LocalTask): string {
  return `ecs:${cluster}_${id}_${RUNTIME_ID}`;
}

describe('an ECS container', () => {
  for (const [what, name] of [
    ['its cluster, the only one', 'ecs://'],
    ['its cluster', 'ecs://shop'],
    ['its service', 'ecs://shop/web'],
    ['the beginning of its task', 'ecs://shop/web/0a1b'],
    ['its task without the service', `ecs://shop//${WEB_TASK.id}`],
    ['all parts', `ecs://shop/web/${WEB_TASK.id}:app`],
    ['its container', 'ecs://shop:app'],
  ] as const) {
    it(`is found by ${what}`, async (t) => {
      const account = await start(t, [WEB_TASK]);
      const { status, stdout, stderr } = await account.run(['exec', name, ...COMMAND]);
      assert.equal(stderr, '');
      assert.equal(stdout, 'there\n');
      assert.equal(status, 0);
      assert.equal(account.aws.sessions[0]?.request.Target, idOf(WEB_TASK));
    });
  }

  it('is asked for with one call when its task is named', async (t) => {
    const account = await start(t, [WEB_TASK]);
    await account.run(['exec', `ecs://shop/web/${WEB_TASK.id}:app`, ...COMMAND]);
    assert.equal(
      account.aws.ecsCalls.filter((call) => call !== 'ExecuteCommand').join(),
      'DescribeTasks',
    );
  });

  it('is checked by the doctor: what of ECS Exec does not run, by its name and by its id', async (t) => {
    const off = { ...WORKER_TASK, enableExecuteCommand: false };
    const account = await start(t, [WEB_TASK, off]);
    for (const [target, expected] of [
      [`ecs://shop/web/${WEB_TASK.id}:app`, /^ok +connection +the task and its agent/m],
      [idOf(WEB_TASK), /^ok +connection +the task and its agent/m],
      [idOf(off), /^failure +connection +ECS Exec is not enabled for the task/m],
      [`${idOf(WEB_TASK)}0`, /^failure +connection +there is no container with the id ecs:/im],
    ] as const) {
      const { stdout } = await account.run(['doctor', target]);
      assert.match(stdout, expected);
    }
  });

  it('is found among more tasks than one answer has', async (t) => {
    const others = Array.from({ length: 120 }, (_, i) => ({
      ...WEB_TASK,
      id: String(i).padStart(32, 'f'),
    }));
    const account = await start(t, [...others, WEB_TASK]);
    const { status, stderr } = await account.run(['exec', 'ecs://shop/web/0a1b', ...COMMAND]);
    assert.equal(status, 0, stderr);
    assert.deepEqual(account.aws.ecsCalls.slice(0, 4), [
      'ListTasks',
      'ListTasks',
      'DescribeTasks',
      'DescribeTasks',
    ]);
  });

  it('is chosen on a terminal: service, task, container', async (t) => {
    const account = await start(t, [WEB_TASK, SECOND_WEB_TASK, WORKER_TASK]);
    const program = await startTerminalCommand(t, account, ['exec', 'ecs://shop', ...COMMAND]);
    await program.screen.until('the services', (text) => text.includes('Service:'));
    program.type('worker\r');
    await program.screen.until('the containers', (text) => text.includes('Container:'));
    program.type('\r');
    assert.equal((await program.end()).status, 0);
    assert.equal(account.aws.sessions[0]?.request.Target, idOf(WORKER_TASK));
  });

  it('is one of several without a terminal: the names of all are reported', async (t) => {
    const account = await start(t, [WEB_TASK, SECOND_WEB_TASK]);
    const { status, stderr } = await account.run(['exec', 'ecs://shop/web', ...COMMAND]);
    assert.equal(status, 255);
    assert.equal(
      stderr,
      'session-manager-plugin: "ecs://shop/web" is the name of 2 containers. Pass the whole name of one:\n' +
        `  ecs://shop/web/${WEB_TASK.id}:app\n  ecs://shop/web/${SECOND_WEB_TASK.id}:app\n`,
    );
    assert.equal(account.aws.sessions.length, 0);
  });

  for (const [name, message] of [
    ['ecs://shop/web//x', /is not the name of an ECS container/],
    ['ecs://shpo', /There is no cluster shpo in us-east-1\.\nDid you mean shop\?/],
    ['ecs://shop/wbe', /There is no service wbe in the cluster shop\.\nDid you mean web\?/],
    ['ecs://shop/web/ffff', /There is no task ffff in the cluster shop/],
    [`ecs://shop//${'f'.repeat(32)}`, /There is no task f{32} in the cluster shop/],
    ['ecs://shop/web:apps', /There is no container apps in the task 0a1b.*Did you mean app\?/s],
  ] as const) {
    it(`is reported when there is none: ${name}`, async (t) => {
      const account = await start(t, [WEB_TASK, JOB_TASK]);
      const { status, stderr } = await account.run(['exec', name, ...COMMAND]);
      assert.equal(status, 255);
      assert.match(stderr, message);
    });
  }

  for (const [why, task, message] of [
    [
      'ECS Exec is off for its service',
      { ...WEB_TASK, enableExecuteCommand: false },
      /`aws ecs update-service --cluster shop --service web --enable-execute-command --force-new-deployment`/,
    ],
    [
      'ECS Exec is off for its task',
      { ...JOB_TASK, cluster: 'shop', enableExecuteCommand: false },
      /`aws ecs run-task --cluster shop --task-definition job:3 --enable-execute-command`/,
    ],
    [
      'its agent has stopped',
      { ...WORKER_TASK, containers: WORKER_TASK.containers.slice(1) },
      /The agent of ECS Exec in the container proxy does not run: its status is STOPPED \(ResourceInitializationError\)/,
    ],
    [
      'its task is just starting',
      { ...WEB_TASK, status: 'PENDING' },
      /The task 0a1b\w+ does not run: its status is PENDING\. /,
    ],
  ] as const) {
    it(`is reported when ${why}`, async (t) => {
      const account = await start(t, [task]);
      const { status, stderr } = await account.run(['exec', 'ecs://shop', ...COMMAND]);
      assert.equal(status, 255);
      assert.match(stderr, message);
      assert.equal(account.aws.sessions.length, 0);
    });
  }

  it('is reported when its task has stopped, with the reason', async (t) => {
    const stopped = { ...WEB_TASK, status: 'STOPPED', stoppedReason: 'OutOfMemoryError\u001b[31m' };
    const account = await start(t, [stopped]);
    const { stderr } = await account.run(['exec', `ecs://shop/web/${WEB_TASK.id}`, ...COMMAND]);
    assert.match(stderr, /its status is STOPPED \(OutOfMemoryError \[31m\)/);
  });

  it('names the permission that is missing', async (t) => {
    const account = await start(t, [WEB_TASK]);
    account.aws.refuse('ListTasks', {
      ...{ status: 400, type: 'AccessDeniedException' },
      message:
        'User: arn:aws:iam::123456789012:user/jane is not authorized to perform: ecs:ListTasks on resource: *',
    });
    const { stderr } = await account.run(['exec', 'ecs://shop', ...COMMAND]);
    assert.match(stderr, /user\/jane is not allowed to use ecs:ListTasks on \*/);
  });
});

describe('targets --ecs', () => {
  const TASKS = [WORKER_TASK, WEB_TASK, { ...JOB_TASK, enableExecuteCommand: false }];

  it('lists each container by the name that commands take', async (t) => {
    const account = await start(t, TASKS);
    const { stdout, stderr } = await account.run(['targets', '--ecs']);
    assert.deepEqual(
      stdout.split('\n').map((line) => line.split('\t').toSpliced(3, 1)),
      [
        [`ecs://jobs//${JOB_TASK.id}:nightly`, 'RUNNING', 'off', 'nightly:1'],
        [`ecs://shop/web/${WEB_TASK.id}:app`, 'RUNNING', 'yes', 'registry.example/shop:1.4'],
        [`ecs://shop/worker/${WORKER_TASK.id}:proxy`, 'RUNNING', 'no agent', 'proxy:1'],
        [`ecs://shop/worker/${WORKER_TASK.id}:queue`, 'RUNNING', 'yes', 'registry.example/queue:7'],
        [''],
      ],
    );
    assert.equal(stderr, '4 containers in 2 clusters of us-east-1.\n');
  });

  it('is empty where no task is known', async (t) => {
    const { run } = await startAccount(t, []);
    const { status, stdout, stderr } = await run(['targets', '--ecs']);
    assert.deepEqual({ status, stdout }, { status: 0, stdout: '' });
    assert.equal(stderr, '0 containers in 0 clusters of us-east-1.\n');
  });

  it('names the clusters in which no task runs', async (t) => {
    const stopped = { ...JOB_TASK, cluster: 'batch', status: 'STOPPED' };
    const account = await start(t, [WEB_TASK, stopped]);
    const { stdout, stderr } = await account.run(['targets', '--ecs']);
    assert.equal(stdout.split('\n').length, 2);
    assert.equal(stderr, '1 container in 2 clusters of us-east-1. No task runs in batch.\n');
    const filtered = await account.run(['targets', '--ecs', 'web']);
    assert.equal(filtered.stderr, '1 of 1 container in 2 clusters of us-east-1 match "web".\n');
  });

  it('refuses what only lists of nodes have', async (t) => {
    const account = await start(t, TASKS);
    const { status, stderr } = await account.run(['targets', '--ecs', '--online']);
    assert.equal(status, 255);
    assert.match(stderr, /--ecs lists containers: only words select them/);
  });

  it('lists only what has the words of a filter, also as JSON', async (t) => {
    const account = await start(t, TASKS);
    const { stdout, stderr } = await account.run(['targets', '--ecs', '--json', 'web']);
    assert.deepEqual(parseArray(stdout), [
      {
        target: `ecs://shop/web/${WEB_TASK.id}:app`,
        ...{ cluster: 'shop', service: 'web', task: WEB_TASK.id, container: 'app' },
        ...{ image: 'registry.example/shop:1.4', status: 'RUNNING', exec: 'ready' },
        startedAt: '2026-03-01T00:00:00.000Z',
      },
    ]);
    assert.equal(stderr, '');
  });
});

describe('exec in an ECS container', () => {
  const NAME = 'ecs://shop/web';

  async function exec(t: TestContext, ...args: readonly string[]): ReturnType<Account['run']> {
    const account = await start(t, [WEB_TASK]);
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
    const account = await start(t, [WEB_TASK]);
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
    const account = await start(t, [WEB_TASK]);
    const args = ['exec', '-it', '--reason', 'why', NAME, '--', 'true'];
    const program = await startTerminalCommand(t, account, args);
    await program.screen.until('the refusal', (text) => text.includes('--reason cannot be used'));
    assert.equal((await program.end()).status, 255);
  });

  it('gets input by sessions of Systems Manager', async (t) => {
    const account = await start(t, [WEB_TASK]);
    const program = startCommand(t, account, ['exec', '-i', NAME, '--', 'cat; exit 5']);
    program.stdin.end('input\r\n');
    const { stdout } = await outcomeOf(program);
    assert.equal(stdout, 'input\r\n');
    assert.equal((await program.end()).status, 5);
    assert.ok(account.aws.sessions.every(({ request }) => request.Target === idOf(WEB_TASK)));
  });
});

describe('shell in an ECS container', () => {
  it('is the best shell there, with its exit status', async (t) => {
    const account = await start(t, [WEB_TASK]);
    const program = startCommand(t, account, ['shell', 'ecs://shop']);
    program.stdin.end('echo "$BASH_VERSION" | sed "s/[0-9].*/bash/"; exit 9\n');
    const { stdout } = await outcomeOf(program);
    assert.match(stdout, /^bash\r$/m);
    assert.equal((await program.end()).status, 9);
    assert.deepEqual(account.aws.ecsCalls, ['ListTasks', 'DescribeTasks', 'ExecuteCommand']);
    assert.deepEqual(account.aws.apiCalls, []);
  });

  it('is set up by options, also for a command, all by ECS', async (t) => {
    const account = await start(t, [WEB_TASK]);
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
    const account = await start(t, [WEB_TASK]);
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
      const account = await start(t, [WEB_TASK]);
      const { status, stderr } = await account.run(['shell', ...args]);
      assert.equal(status, 255);
      assert.match(stderr, message);
    });
  }

  it('is waited for with --wait until its agent runs', async (t) => {
    const containers = [{ name: 'app', agentStatus: 'PENDING' }];
    const account = await start(t, [{ ...WEB_TASK, containers }]);
    const program = startCommand(t, account, ['exec', '--wait', 'ecs://shop/web', ...COMMAND]);
    await program.stderr.until('the wait', (text) => text.includes('Waiting for'));
    account.aws.replaceTasks([WEB_TASK]);
    assert.equal((await program.end()).status, 0, program.stderr.text);
    assert.equal(program.stdout.text, 'there\n');
  });

  it('is reported when its agent has just stopped', async (t) => {
    const account = await start(t, [WEB_TASK]);
    account.aws.refuse('ExecuteCommand', {
      ...{ status: 400, type: 'InvalidParameterException' },
      message: 'The execute command failed because the execute command agent isn’t running.',
    });
    const { stderr } = await account.run(['shell', 'ecs://shop/web']);
    assert.match(stderr, /the container is not connected to Systems Manager/);
  });

  it('is reported when ECS cannot reach the agent', async (t) => {
    const account = await start(t, [WEB_TASK]);
    account.aws.refuse('ExecuteCommand', {
      ...{ status: 400, type: 'TargetNotConnectedException' },
      message: 'The execute command failed due to an internal error. Try again later.',
    });
    const { status, stderr } = await account.run(['shell', 'ecs://shop/web']);
    assert.equal(status, 255);
    assert.match(stderr, /`aws ecs describe-tasks --cluster shop --tasks 0a1b/);
  });
});

describe('other commands on an ECS container', () => {
  it('copies a file there and back', async (t) => {
    const account = await start(t, [WEB_TASK]);
    const directory = temporaryDirectory(t);
    const there = join(directory, 'there');
    const here = join(directory, 'here');
    const back = join(directory, 'back');
    writeFileSync(here, 'content\r\n');
    const name = `ecs://shop/web/${WEB_TASK.id}:app`;
    const up = await account.run(['cp', '-q', here, `${name}:${there}`]);
    assert.equal(up.status, 0, up.stderr);
    const down = await account.run(['cp', '-q', `ecs://shop/web:${there}`, back]);
    assert.equal(down.status, 0, down.stderr);
    assert.equal(readFileSync(back, 'utf8'), 'content\r\n');
  });

  it('forwards a port', async (t) => {
    const account = await start(t, [WEB_TASK]);
    const program = startCommand(t, account, ['forward', 'ecs://shop/web', '0:1', '--json']);
    const session = await account.aws.nextSession();
    assert.equal(session.request.Target, idOf(WEB_TASK));
    assert.equal(session.request.DocumentName, 'AWS-StartPortForwardingSession');
    program.kill('SIGTERM');
    await program.end();
  });

  it('forwards a port to the task that a deployment has started in place of another', async (t) => {
    const service = await startNamed(t, 'hello');
    const account = await start(t, [WEB_TASK]);
    const args = ['forward', 'ecs://shop/web', '--json', `0:${service.port}`];
    const program = startCommand(t, account, args);
    const { local } = await untilEvent(program, 'listening');
    account.aws.replaceTasks([
      { ...WEB_TASK, status: 'DEACTIVATING' },
      { ...SECOND_WEB_TASK, containers: WEB_TASK.containers },
    ]);
    account.aws.sessions[0]?.terminate();
    await untilEvent(program, 'idle');
    assert.equal(await nameAt(t, local.port), 'hello');
    assert.deepEqual(
      account.aws.sessions.map(({ request }) => request.Target),
      [idOf(WEB_TASK), idOf(SECOND_WEB_TASK)],
    );
    program.kill('SIGINT');
    assert.equal((await program.end()).status, 0);
  });

  it('opens a shell on one that a connection names', async (t) => {
    const account = await start(t, [WEB_TASK]);
    const directory = temporaryDirectory(t);
    const file = join(directory, '.config', 'session-manager-plugin', 'connections.toml');
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, '[web]\ntarget = "ecs://shop/web"\n');
    const { stdout, status } = await account.run(['exec', 'web', ...COMMAND], {
      HOME: directory,
    });
    assert.deepEqual({ status, stdout }, { status: 0, stdout: 'there\n' });
  });
});
