import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import {
  JOB_TASK,
  SECOND_WEB_TASK,
  WEB_TASK,
  WORKER_TASK,
  startTasks,
  targetOf,
} from '../support/ecs.ts';
import { startTerminalCommand } from '../support/run-command.ts';

const COMMAND = ['--', 'echo there'];

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
      const account = await startTasks(t, [WEB_TASK]);
      const { status, stdout, stderr } = await account.run(['exec', name, ...COMMAND]);
      assert.equal(stderr, '');
      assert.equal(stdout, 'there\n');
      assert.equal(status, 0);
      assert.equal(account.aws.sessions[0]?.request.Target, targetOf(WEB_TASK));
    });
  }

  it('is asked for with one call when its task is named', async (t) => {
    const account = await startTasks(t, [WEB_TASK]);
    await account.run(['exec', `ecs://shop/web/${WEB_TASK.id}:app`, ...COMMAND]);
    assert.equal(
      account.aws.ecsCalls.filter((call) => call !== 'ExecuteCommand').join(),
      'DescribeTasks',
    );
  });

  it('is checked by the doctor: what of ECS Exec does not run, by its name and by its id', async (t) => {
    const off = { ...WORKER_TASK, enableExecuteCommand: false };
    const account = await startTasks(t, [WEB_TASK, off]);
    for (const [target, expected] of [
      [`ecs://shop/web/${WEB_TASK.id}:app`, /^ok +connection +the task and its agent/m],
      [targetOf(WEB_TASK), /^ok +connection +the task and its agent/m],
      [targetOf(off), /^failure +connection +ECS Exec is not enabled for the task/m],
      [`${targetOf(WEB_TASK)}0`, /^failure +connection +there is no container with the id ecs:/im],
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
    const account = await startTasks(t, [...others, WEB_TASK]);
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
    const account = await startTasks(t, [WEB_TASK, SECOND_WEB_TASK, WORKER_TASK]);
    const program = await startTerminalCommand(t, account, ['exec', 'ecs://shop', ...COMMAND]);
    await program.screen.until('the services', (text) => text.includes('Service:'));
    program.type('worker\r');
    await program.screen.until('the containers', (text) => text.includes('Container:'));
    program.type('\r');
    assert.equal((await program.end()).status, 0);
    assert.equal(account.aws.sessions[0]?.request.Target, targetOf(WORKER_TASK));
  });

  it('is one of several without a terminal: the names of all are reported', async (t) => {
    const account = await startTasks(t, [WEB_TASK, SECOND_WEB_TASK]);
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
      const account = await startTasks(t, [WEB_TASK, JOB_TASK]);
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
      const account = await startTasks(t, [task]);
      const { status, stderr } = await account.run(['exec', 'ecs://shop', ...COMMAND]);
      assert.equal(status, 255);
      assert.match(stderr, message);
      assert.equal(account.aws.sessions.length, 0);
    });
  }

  it('is reported when its task has stopped, with the reason', async (t) => {
    const stopped = { ...WEB_TASK, status: 'STOPPED', stoppedReason: 'OutOfMemoryError\u001b[31m' };
    const account = await startTasks(t, [stopped]);
    const { stderr } = await account.run(['exec', `ecs://shop/web/${WEB_TASK.id}`, ...COMMAND]);
    assert.match(stderr, /its status is STOPPED \(OutOfMemoryError \[31m\)/);
  });

  it('names the permission that is missing', async (t) => {
    const account = await startTasks(t, [WEB_TASK]);
    account.aws.refuse('ListTasks', {
      ...{ status: 400, type: 'AccessDeniedException' },
      message:
        'User: arn:aws:iam::123456789012:user/jane is not authorized to perform: ecs:ListTasks on resource: *',
    });
    const { stderr } = await account.run(['exec', 'ecs://shop', ...COMMAND]);
    assert.match(stderr, /user\/jane is not allowed to use ecs:ListTasks on \*/);
  });
});
