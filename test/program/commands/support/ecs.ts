import type { TestContext } from 'node:test';
import type { LocalTask } from '../../../local-aws/local-aws.ts';
import { startAccount, type Account } from './account.ts';

/** The id that the local target gives every container. */
export const RUNTIME_ID = '0123456789abcdef0123456789abcdef-1234567890';
const RUNNING_SINCE = Date.UTC(2026, 2, 1);

export const WEB_TASK: LocalTask = {
  ...{ cluster: 'shop', service: 'web', id: '0a1b2c3d4e5f60718293a4b5c6d7e8f9' },
  startedAt: RUNNING_SINCE,
  containers: [{ name: 'app', image: 'registry.example/shop:1.4' }],
};
export const SECOND_WEB_TASK: LocalTask = { ...WEB_TASK, id: '1f0e9d8c7b6a594837261504f3e2d1c0' };
/** A task with two containers, of which only one can have sessions. */
export const WORKER_TASK: LocalTask = {
  ...{ cluster: 'shop', service: 'worker', id: '2a2b2c2d2e2f20212223242526272829' },
  startedAt: RUNNING_SINCE,
  containers: [
    { name: 'queue', image: 'registry.example/queue:7' },
    { name: 'proxy', agentStatus: 'STOPPED', agentReason: 'ResourceInitializationError' },
  ],
};
/** A task of a cluster of its own, that no service has started. */
export const JOB_TASK: LocalTask = {
  ...{ cluster: 'jobs', id: '3a3b3c3d3e3f30313233343536373839' },
  containers: [{ name: 'nightly' }],
};

/** Starts an account that has tasks of ECS, and no managed nodes. */
export function startTasks(t: TestContext, tasks: readonly LocalTask[]): Promise<Account> {
  return startAccount(t, [], { tasks });
}

/** The id by which Systems Manager knows the container of a task. */
export function targetOf({ cluster, id }: LocalTask): string {
  return `ecs:${cluster}_${id}_${RUNTIME_ID}`;
}
