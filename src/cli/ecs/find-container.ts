import { isAwsError } from '../../aws/sdk/aws-error.ts';
import { containerId, type EcsCalls, type EcsPlace, type EcsTask } from '../../aws/ecs.ts';
import { containerFailures } from '../../failures/containers.ts';
import { printable } from '../../lib/printable.ts';
import { CommandError, type CommandContext } from '../framework/command-context.ts';
import { closestMatch } from '../invocation/edit-distance.ts';
import { choose } from '../prompt/list/choose.ts';
import { containerName, parseContainerName, type ContainerName } from './container-name.ts';
import { execFailure } from './exec-failure.ts';
import {
  ageOf,
  containersOf,
  execState,
  execText,
  nameOf,
  type TaskContainer,
} from './running-container.ts';

/** A whole id of a task, also in the form of old ones (ECS, "Amazon Resource Names and IDs"). */
const TASK_ID = /^[0-9a-f]{32}$|^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;
/** How many containers an error lists; a picker shows all. */
const MAX_CANDIDATES = 20;

/** A container that sessions can be started on. */
export interface FoundContainer {
  /** What StartSession takes as `Target` (docs/design/protocol.md#amazon-ecs). */
  readonly id: string;
  /** Its whole name. */
  readonly title: string;
  readonly place: EcsPlace;
}

/**
 * Finds the container that a name `ecs://…` means. Parts that are left out are taken when there is only one; else the
 * person at the terminal chooses.
 *
 * @throws CommandError when it means none, or several and no user can choose, or when no session can start on it
 * @throws AwsError when ECS cannot be asked
 */
export async function findContainer(
  context: CommandContext,
  text: string,
): Promise<FoundContainer> {
  const name = parseContainerName(text);
  if (name === undefined) {
    throw new CommandError(containerFailures['container-name-invalid'](printable(text)));
  }
  const calls = await context.aws.calls();
  const cluster = name.cluster ?? (await chooseCluster(context, calls, text));
  const tasks = await tasksOf(context, calls, { ...name, cluster });
  const task = await chooseTask(context, text, await inOneService(context, text, name, tasks));
  const found = await chooseContainer(context, text, name, task);
  const failure = execFailure(found);
  // A command that waits for its target waits for the agent.
  const isAwaited = context.options.ready !== undefined && execState(found) === 'agent-stopped';
  if (failure !== undefined && !isAwaited) throw new CommandError(failure);
  return {
    id: targetIdOf(found),
    title: printable(nameOf(found)),
    place: { cluster, task: task.id, container: found.container.name },
  };
}

/**
 * Finds a container again that was found before, and asks nothing: the one from before if a session with it can start,
 * else the only one for which this is so.
 *
 * @param before - its id then
 * @throws CommandError when it is not clear which one it is
 * @throws AwsError when ECS cannot be asked
 */
export async function findContainerAgain(
  context: CommandContext,
  text: string,
  before: string,
): Promise<string> {
  const name = parseContainerName(text);
  if (name?.cluster === undefined) return before;
  const tasks = await tasksOf(context, await context.aws.calls(), {
    ...name,
    cluster: name.cluster,
  });
  const meant = containersOf(tasks).filter(
    ({ container }) => name.container === undefined || container.name === name.container,
  );
  const ready = meant.filter((one) => execState(one) === 'ready');
  const [only = meant[0], other] = ready;
  if (ready.some((one) => targetIdOf(one) === before)) return before;
  if (only === undefined) throw new CommandError(containerFailures['containers-none'](text));
  if (other !== undefined) throw new CommandError(ambiguous(text, ready.map(nameOf)));
  const failure = execFailure(only);
  if (failure !== undefined) throw new CommandError(failure);
  return targetIdOf(only);
}

function targetIdOf({ task: { cluster, id }, container }: TaskContainer): string {
  return containerId({ cluster, task: id, runtimeId: container.runtimeId });
}

async function chooseCluster(
  context: CommandContext,
  calls: EcsCalls,
  text: string,
): Promise<string> {
  const clusters = await calls.ecsClusters();
  const region = await context.aws.region();
  return choose(context, clusters, {
    question: 'Cluster:',
    columns: [{ header: 'CLUSTER', narrowest: 8 }],
    rowOf: (cluster) => [cluster],
    none: () => containerFailures['container-unknown'](`cluster of ECS in ${region}`, undefined),
    several: () =>
      ambiguous(
        text,
        clusters.map((cluster) => containerName({ cluster })),
        'clusters',
      ),
  });
}

/** @returns the tasks that a name may mean, at least one */
async function tasksOf(
  context: CommandContext,
  calls: EcsCalls,
  name: ContainerName & { readonly cluster: string },
): Promise<readonly EcsTask[]> {
  const { cluster, service, task: id } = name;
  const place = `the cluster ${cluster}`;
  try {
    const isWhole = id !== undefined && TASK_ID.test(id);
    const only = isWhole ? await calls.ecsTask(cluster, id) : undefined;
    if (only !== undefined) return [only];
    if (isWhole) throw unknown(`task ${id} in ${place}`);
    const tasks = await calls.ecsTasks(cluster, service);
    if (tasks.length === 0) {
      const where = service === undefined ? place : `the service ${service} of ${place}`;
      throw new CommandError(containerFailures['containers-none'](where));
    }
    const meant = tasks.filter((task) => id === undefined || task.id.startsWith(id));
    if (meant.length === 0) throw unknown(`task ${id ?? ''} in ${place}`);
    return meant;
  } catch (error) {
    if (!isAwsError(error)) throw error;
    if (error.awsName === 'ClusterNotFoundException') {
      const names = await orNothing(calls.ecsClusters());
      throw unknown(`cluster ${cluster} in ${await context.aws.region()}`, cluster, names);
    }
    if (error.awsName === 'ServiceNotFoundException' && service !== undefined) {
      const names = (await orNothing(calls.ecsTasks(cluster))).map((task) => task.service);
      throw unknown(`service ${service} in ${place}`, service, names);
    }
    throw error;
  }
}

async function inOneService(
  context: CommandContext,
  text: string,
  { service, task }: ContainerName,
  tasks: readonly EcsTask[],
): Promise<readonly EcsTask[]> {
  if (service !== undefined || task !== undefined) return tasks;
  const services = [...new Set(tasks.map((one) => one.service))].map(
    (name) => [name, tasks.filter((one) => one.service === name)] as const,
  );
  const [, chosen] = await choose(context, services, {
    question: 'Service:',
    columns: [
      { header: 'SERVICE', narrowest: 8 },
      { header: 'TASKS', narrowest: 'whole' },
    ],
    rowOf: ([name, its]) => [name === '' ? '(none)' : name, String(its.length)],
    none: () => containerFailures['containers-none'](text),
    several: () => ambiguous(text, containersOf(tasks).map(nameOf)),
  });
  return chosen;
}

function chooseTask(
  context: CommandContext,
  text: string,
  tasks: readonly EcsTask[],
): Promise<EcsTask> {
  const now = context.clock.now();
  return choose(context, tasks, {
    question: 'Task:',
    columns: [
      { header: 'TASK', narrowest: 8 },
      { header: 'STATUS', narrowest: 7 },
      { header: 'AGE', narrowest: 'whole' },
      { header: 'DEFINITION', narrowest: 8, dispensable: 1 },
    ],
    rowOf: (task) => [task.id, task.status, ageOf(task, now), task.definition],
    isDimmed: (task) => containersOf([task]).every((one) => execState(one) !== 'ready'),
    none: () => containerFailures['containers-none'](text),
    several: () => ambiguous(text, containersOf(tasks).map(nameOf)),
  });
}

function chooseContainer(
  context: CommandContext,
  text: string,
  { container: wanted }: ContainerName,
  task: EcsTask,
): Promise<TaskContainer> {
  const all = containersOf([task]);
  const meant = all.filter(({ container }) => wanted === undefined || container.name === wanted);
  const names = all.map(({ container }) => container.name);
  if (wanted !== undefined && meant.length === 0) {
    throw unknown(`container ${wanted} in the task ${task.id}`, wanted, names);
  }
  return choose(context, meant, {
    question: 'Container:',
    columns: [
      { header: 'CONTAINER', narrowest: 8 },
      { header: 'STATUS', narrowest: 7 },
      { header: 'EXEC', narrowest: 'whole' },
      { header: 'IMAGE', narrowest: 10 },
    ],
    rowOf: (one) => [one.container.name, one.container.status, execText(one), one.container.image],
    isDimmed: (one) => execState(one) !== 'ready',
    none: () => containerFailures['containers-none'](text),
    several: () => ambiguous(text, meant.map(nameOf)),
  });
}

function ambiguous(
  text: string,
  names: readonly string[],
  what = 'containers',
): ReturnType<(typeof containerFailures)['container-ambiguous']> {
  const shown = names.slice(0, MAX_CANDIDATES).map(printable);
  const rest = names.length - shown.length;
  const more = rest === 0 ? [] : [`and ${rest} more`];
  return containerFailures['container-ambiguous'](text, `${names.length} ${what}`, [
    ...shown,
    ...more,
  ]);
}

function unknown(what: string, typed = '', names: readonly string[] = []): CommandError {
  const nearest = closestMatch(typed, names);
  return new CommandError(
    containerFailures['container-unknown'](what, nearest && printable(nearest)),
  );
}

/** A proposal is not worth a failure of its own. */
async function orNothing<T>(answer: Promise<readonly T[]>): Promise<readonly T[]> {
  try {
    return await answer;
  } catch (error) {
    if (isAwsError(error)) return [];
    throw error;
  }
}
