import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { parseArray } from '../../../../src/lib/json.ts';
import { startAccount } from '../support/account.ts';
import { JOB_TASK, WEB_TASK, WORKER_TASK, startTasks } from '../support/ecs.ts';

describe('targets --ecs', () => {
  const TASKS = [WORKER_TASK, WEB_TASK, { ...JOB_TASK, enableExecuteCommand: false }];

  it('lists each container by the name that commands take', async (t) => {
    const account = await startTasks(t, TASKS);
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
    const account = await startTasks(t, [WEB_TASK, stopped]);
    const { stdout, stderr } = await account.run(['targets', '--ecs']);
    assert.equal(stdout.split('\n').length, 2);
    assert.equal(stderr, '1 container in 2 clusters of us-east-1. No task runs in batch.\n');
    const filtered = await account.run(['targets', '--ecs', 'web']);
    assert.equal(filtered.stderr, '1 of 1 container in 2 clusters of us-east-1 match "web".\n');
  });

  it('refuses what only lists of nodes have', async (t) => {
    const account = await startTasks(t, TASKS);
    const { status, stderr } = await account.run(['targets', '--ecs', '--online']);
    assert.equal(status, 255);
    assert.match(stderr, /--ecs lists containers: only words select them/);
  });

  it('lists only what has the words of a filter, also as JSON', async (t) => {
    const account = await startTasks(t, TASKS);
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
