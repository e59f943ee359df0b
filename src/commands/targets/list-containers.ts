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
import { someOf } from '../../failures/fleets.ts';
import { printable } from '../../lib/printable.ts';

/** Programs count the fields of a line: a new column is the last one. */
const COLUMNS: readonly Column[] = [
  { header: 'TARGET', narrowest: 'whole' },
  { header: 'STATUS', narrowest: 7, dispensable: 3 },
  { header: 'EXEC', narrowest: 'whole', dispensable: 4 },
  { header: 'AGE', narrowest: 'whole', dispensable: 2 },
  { header: 'IMAGE', narrowest: 10, dispensable: 1 },
];

/** Characters of the id of a task that people see: its beginning names it, too. */
const SHOWN_ID_CHARACTERS = 8;

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
  const shorten = context.terminal.stdout ? shortener(tasks) : (one: TaskContainer) => one;
  const rows = listed.map((one) => rowOf(shorten(one), now));
  await printList(context, listed.map(forPrograms), { columns: COLUMNS, rows });
  if (context.options.json) return;
  const place = `${all.length} container${all.length === 1 ? '' : 's'} in ${clusters.length} cluster${clusters.length === 1 ? '' : 's'} of ${await context.aws.region()}`;
  const empty = clusters.filter((name) => tasks.every(({ cluster }) => cluster !== name));
  const others = empty.length === 0 ? '' : ` No task runs in ${printable(someOf(empty))}.`;
  context.output.notify(
    filter === '' ? `${place}.${others}` : `${listed.length} of ${place} match "${filter}".`,
  );
}

/** @returns leaves out the ends of ids that no other task begins with */
function shortener(tasks: readonly EcsTask[]): (one: TaskContainer) => TaskContainer {
  const ids = new Set(tasks.map(({ id }) => id));
  const counts = new Map<string, number>();
  for (const id of ids) {
    const start = id.slice(0, SHOWN_ID_CHARACTERS);
    counts.set(start, (counts.get(start) ?? 0) + 1);
  }
  return ({ task, container }) => {
    const start = task.id.slice(0, SHOWN_ID_CHARACTERS);
    return { task: counts.get(start) === 1 ? { ...task, id: start } : task, container };
  };
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
