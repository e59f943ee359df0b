import type { EcsContainer, EcsTask } from '../../aws/ecs.ts';
import { age } from '../output/age.ts';
import { containerName } from './container-name.ts';

/** A container, and the task that it is a part of. */
export interface TaskContainer {
  readonly task: EcsTask;
  readonly container: EcsContainer;
}

/** All containers of tasks, in the order of their names. */
export function containersOf(tasks: readonly EcsTask[]): readonly TaskContainer[] {
  return tasks.flatMap((task) => task.containers.map((container) => ({ task, container })));
}

/** The whole name of a container. */
export function nameOf({ task: { cluster, service, id }, container }: TaskContainer): string {
  return containerName({ cluster, service, task: id, container: container.name });
}

/** How long a task runs; empty before it does. */
export function ageOf({ startedAt }: EcsTask, now: number): string {
  return startedAt === undefined ? '' : age(now - startedAt);
}

const RUNNING = 'RUNNING';

/** What of ECS Exec prevents a session with a container. */
export type ExecState = 'ready' | 'task-stopped' | 'disabled' | 'agent-stopped';

/** Whether a session with a container can start. */
export function execState({ task, container }: TaskContainer): ExecState {
  if (task.status !== RUNNING) return 'task-stopped';
  if (!task.isExecEnabled) return 'disabled';
  return container.agentStatus === RUNNING ? 'ready' : 'agent-stopped';
}

const EXEC_TEXTS: Readonly<Record<ExecState, string>> = {
  ready: 'yes',
  'task-stopped': 'no',
  disabled: 'off',
  'agent-stopped': 'no agent',
};

/** {@link execState} in a column. */
export function execText(one: TaskContainer): string {
  return EXEC_TEXTS[execState(one)];
}
