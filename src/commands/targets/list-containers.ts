import type { EcsTask } from '../../aws/ecs.ts';
import {
  ageOf,
  containersOf,
  execState,
  execText,
  nameOf,
  type TaskContainer,
} from '../../cli/ecs/running-container.ts';
import type { CommandContext } from '../../cli/framework/command-context.ts';
import { matchesWords } from '../../cli/output/match-words.ts';
import { compareNaturally } from '../../cli/output/natural-order.ts';
import { printList } from '../../cli/output/print-list.ts';
import type { Column } from '../../cli/output/table.ts';

/** Programs count the fields of a line: a new column is the last one. */
const COLUMNS: readonly Column[] = [
  { header: 'TARGET', narrowest: 'whole' },
  { header: 'STATUS', narrowest: 7 },
  { header: 'EXEC', narrowest: 'whole' },
  { header: 'AGE', narrowest: 'whole', dispensable: 2 },
  { header: 'IMAGE', narrowest: 10, dispensable: 1 },
];

/** `targets --ecs [FILTER...]`: the containers of all tasks in all clusters of ECS. */
export async function listContainers(context: CommandContext, filter: string): Promise<void> {
  const calls = await context.aws.calls();
  const clusters = await calls.ecsClusters();
  const tasks: EcsTask[] = [];
  for (const cluster of clusters) tasks.push(...(await calls.ecsTasks(cluster)));
  const all = containersOf(tasks);
  const now = context.clock.now();
  const listed = all
    .filter((one) => matchesWords(rowOf(one, now).join(' '), filter))
    .toSorted((a, b) => compareNaturally(nameOf(a), nameOf(b)));
  const rows = listed.map((one) => rowOf(one, now));
  await printList(context, listed.map(forPrograms), { columns: COLUMNS, rows });
  if (context.options.json) return;
  const place = `${all.length} container${all.length === 1 ? '' : 's'} in ${clusters.length} cluster${clusters.length === 1 ? '' : 's'} of ${await context.aws.region()}`;
  context.output.notify(
    filter === '' ? `${place}.` : `${listed.length} of ${place} match "${filter}".`,
  );
}

function rowOf(one: TaskContainer, now: number): readonly string[] {
  const { task, container } = one;
  return [nameOf(one), container.status, execText(one), ageOf(task, now), container.image];
}

/** The properties of a container in JSON: an interface that programs rely on. */
function forPrograms(one: TaskContainer): object {
  const { task, container } = one;
  const { startedAt } = task;
  return {
    target: nameOf(one),
    ...{ cluster: task.cluster, service: task.service, task: task.id, container: container.name },
    ...{ image: container.image, status: container.status, exec: execState(one) },
    startedAt: startedAt === undefined ? null : new Date(startedAt).toISOString(),
  };
}
