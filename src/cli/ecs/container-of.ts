import { readContainerId, type EcsCalls } from '../../aws/ecs.ts';
import { containerFailures } from '../../failures/containers.ts';
import { printable } from '../../lib/printable.ts';
import { CommandError } from '../framework/command-context.ts';
import { execFailure } from './exec-failure.ts';
import type { TaskContainer } from './running-container.ts';

/**
 * Finds the container that an id `ecs:CLUSTER_TASK_RUNTIME` means.
 *
 * @throws CommandError when it is not there, or no session can start on it
 * @throws AwsError when ECS cannot be asked
 */
export async function findContainerOf(calls: EcsCalls, id: string): Promise<TaskContainer> {
  const parts = readContainerId(id);
  const task = parts && (await calls.ecsTask(parts.cluster, parts.task));
  const container = task?.containers.find(({ runtimeId }) => runtimeId === parts?.runtimeId);
  if (task === undefined || container === undefined) {
    const what = `container with the id ${printable(id)} in this account and region`;
    throw new CommandError(containerFailures['container-unknown'](what, undefined));
  }
  const failure = execFailure({ task, container });
  if (failure !== undefined) throw new CommandError(failure);
  return { task, container };
}
