import { containerName } from '../../../cli/ecs/container-name.ts';
import type { Aws } from '../../../aws/aws.ts';
import { ownRequests } from '../../../cli/access/own-requests.ts';
import { listKnownNodes } from '../../../cli/target/known-nodes.ts';
import type { Clock } from '../../../lib/clock.ts';
import { hasControlCharacters, printable } from '../../../lib/printable.ts';
import type { ValueKind } from '../completion-tree.ts';

/** Kinds of values that only AWS knows. */
export type AwsValueKind = Exclude<ValueKind, 'profiles' | 'places' | 'connections'> | 'containers';

/** A word that a shell offers. */
export interface CompletionValue {
  readonly value: string;
  /** Its description, for shells that show one; may be empty. */
  readonly text: string;
}

/** No user reads a longer list, and it takes long to print. */
const MOST_VALUES = 1_000;
/** Ids, names and the ARNs of documents are shorter. */
const MAX_VALUE_CHARACTERS = 256;

/**
 * The values of a kind that AWS knows.
 *
 * @throws AwsError when AWS does not list them
 */
export async function findValues(
  kind: AwsValueKind,
  calls: Aws,
  clock: Clock,
): Promise<readonly CompletionValue[]> {
  switch (kind) {
    case 'targets':
      return targetValues(calls, clock);
    case 'containers':
      return containerValues(calls);
    case 'databases':
      return databaseValues(calls);
    case 'documents':
      return (await calls.sessionDocuments()).map((value) => ({ value, text: '' }));
    case 'sessions': {
      const sessions = await calls.openSessions();
      return sessions.map(({ sessionId, target, documentName }) => {
        return { value: sessionId, text: joined(target, documentName) };
      });
    }
    case 'access': {
      const { requests } = await ownRequests(calls, clock);
      return requests
        .filter(({ state }) => USABLE_STATES.includes(state))
        .map(({ id, state, target, reason }) => ({
          value: id,
          text: joined(state, target, reason),
        }));
    }
  }
}

/** Those with an endpoint; a name that several have is offered after their engines. */
async function databaseValues(calls: Aws): Promise<readonly CompletionValue[]> {
  const { databases } = await calls.databases();
  const names = databases.map(({ name }) => name);
  const values = databases
    .filter(({ host }) => host !== '')
    .map(({ name, engine, status }) => ({
      value: names.indexOf(name) === names.lastIndexOf(name) ? name : `${engine}/${name}`,
      text: joined(engine, status),
    }));
  const words = [
    { value: 'list', text: 'list the databases' },
    { value: 'url', text: 'print the URL of a database' },
    { value: 'connect', text: 'start a client of a database' },
  ];
  return [...words, ...values];
}

/** States of requests that `--access` can use, or wait for. */
const USABLE_STATES: readonly string[] = ['Approved', 'Pending'];
/** Clusters whose services are offered: others would take longer than a user waits. */
const MOST_CLUSTERS = 20;

/** Services of ECS, and tasks without one, each once. */
async function containerValues(calls: Aws): Promise<readonly CompletionValue[]> {
  const clusters = (await calls.ecsClusters()).slice(0, MOST_CLUSTERS);
  const tasks = (await Promise.all(clusters.map((cluster) => calls.ecsTasks(cluster)))).flat();
  const names = tasks.map(({ cluster, service, id }) =>
    containerName({ cluster, service, ...(service === '' ? { task: id } : {}) }),
  );
  return [...new Set(names)].map((value) => ({ value, text: '' }));
}

/** The ids, and names that only one node has: the program refuses the others. */
async function targetValues(calls: Aws, clock: Clock): Promise<readonly CompletionValue[]> {
  const { nodes } = await listKnownNodes(calls, clock);
  const byName = new Map<string, number>();
  for (const { name } of nodes) byName.set(name, (byName.get(name) ?? 0) + 1);
  return nodes.flatMap(({ id, name, platform, pingStatus }) => [
    { value: id, text: joined(name, platform, pingStatus) },
    ...(byName.get(name) === 1 ? [{ value: name, text: joined(id, platform, pingStatus) }] : []),
  ]);
}

/** `cp` would take a name with one of them for another target or for a path here. */
const NO_PLACE = /[:/]/;

/** The targets as the beginnings of paths there. */
export function placesOf(targets: readonly CompletionValue[]): readonly CompletionValue[] {
  return targets
    .filter(({ value }) => !NO_PLACE.test(value))
    .map(({ value, text }) => ({ value: `${value}:`, text }));
}

function joined(...parts: readonly string[]): string {
  return parts.filter((part) => part !== '').join(', ');
}

/**
 * Foreign values that may be offered: none that a shell would read as an option, and none that could control
 * a terminal or end a line.
 */
export function offeredValues(values: readonly CompletionValue[]): readonly CompletionValue[] {
  return values
    .filter(({ value }) => value !== '' && value.length <= MAX_VALUE_CHARACTERS)
    .filter(({ value }) => !value.startsWith('-') && !hasControlCharacters(value))
    .slice(0, MOST_VALUES)
    .map(({ value, text }) => ({ value, text: printable(text) }));
}
