import type { EcsCalls } from '../../aws/ecs.ts';
import { containerFailures } from '../../failures/containers.ts';
import { printable } from '../../lib/printable.ts';
import { CommandError } from '../framework/command-context.ts';
import { execFailure } from './exec-failure.ts';
import type { TaskContainer } from './running-container.ts';

/** What StartSession takes (docs/design/protocol.md#amazon-ecs). The name of a cluster may have underscores. */
const CONTAINER_ID = /^ecs:(.+)_([^_]+)_([^_]+)$/;

/**
 * Finds the container that an id `ecs:CLUSTER_TASK_RUNTIME` means.
 *
 * @throws CommandError when it is not there, or no session can start on it
 * @throws AwsError when ECS cannot be asked
 */
export async function findContainerOf(calls: EcsCalls, id: string): Promise<TaskContainer> {
  const [, cluster = '', taskId = '', runtimeId] = CONTAINER_ID.exec(id) ?? [];
  const task = cluster === '' ? undefined : await calls.ecsTask(cluster, taskId);
  const container = task?.containers.find((one) => one.runtimeId === runtimeId);
  if (task === undefined || container === undefined) {
    const what = `container with the id ${printable(id)} in this account and region`;
    throw new CommandError(containerFailures['container-unknown'](what, undefined));
  }
  const failure = execFailure({ task, container });
  if (failure !== undefined) throw new CommandError(failure);
  return { task, container };
}
