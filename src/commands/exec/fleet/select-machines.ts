import { CommandError, type CommandContext } from '../../../cli/framework/command-context.ts';
import { matchesWords } from '../../../cli/output/match-words.ts';
import { compareByName } from '../../../cli/output/natural-order.ts';
import { listKnownNodes, searchTextOf, type KnownNode } from '../../../cli/target/known-nodes.ts';
import { nodeTitle } from '../../../cli/target/node-title.ts';
import { isTargetId, nodesNamed, useConnection } from '../../../cli/target/resolve-target.ts';
import { fleetFailures } from '../../../failures/fleets.ts';
import { printable } from '../../../lib/printable.ts';
import type { Machine } from './machine.ts';

/** Which machines run the command. */
export type Selection =
  /** Those that are named. */
  | { readonly kind: 'named'; readonly texts: readonly string[] }
  /** Those with all these tags and words; without any, all. */
  | {
      readonly kind: 'matching';
      readonly tags: ReadonlyMap<string, readonly string[]>;
      readonly words: string;
    };

/** The machines of a selection. */
export interface SelectedMachines {
  readonly machines: readonly Machine[];
  /** Titles of those whose agent is offline. */
  readonly offline: readonly string[];
}

/**
 * Finds the machines of a fleet. Those that are offline are left out: AWS would wait for them.
 *
 * @throws CommandError when there are none, or one that is named does not exist or is offline
 * @throws AwsError when the nodes cannot be listed
 */
export async function selectMachines(
  context: CommandContext,
  selection: Selection,
): Promise<SelectedMachines> {
  const nodes =
    selection.kind === 'named'
      ? await findNamed(context, selection.texts)
      : await findMatching(context, selection);
  const isOnline = ({ pingStatus }: KnownNode): boolean => pingStatus === 'Online';
  const online = nodes.filter(isOnline).sort(compareByName);
  const offline = nodes.filter((node) => !isOnline(node)).map(nodeTitle);
  if (online.length === 0 || (selection.kind === 'named' && offline.length > 0)) {
    throw new CommandError(
      offline.length === 0
        ? fleetFailures['fleet-empty'](await context.aws.region())
        : fleetFailures['fleet-offline'](offline),
    );
  }
  return { machines: online.map((node) => machineOf(node, online)), offline };
}

async function findNamed(
  context: CommandContext,
  texts: readonly string[],
): Promise<readonly KnownNode[]> {
  const named: string[] = [];
  for (const text of texts) named.push((await useConnection(context, text))?.target ?? text);
  const calls = await context.aws.calls();
  const filter = named.every(isTargetId) ? { ids: [...new Set(named)] } : {};
  const known = await listKnownNodes(calls, context.clock, filter);
  const found = new Map<string, KnownNode>();
  for (const text of named) {
    for (const node of await nodesNamed(context, text, known)) found.set(node.id, node);
  }
  return [...found.values()];
}

async function findMatching(
  context: CommandContext,
  { tags, words }: Extract<Selection, { readonly kind: 'matching' }>,
): Promise<readonly KnownNode[]> {
  const known = await listKnownNodes(await context.aws.calls(), context.clock, { tags });
  return known.nodes.filter((node) => matchesWords(searchTextOf(node), words));
}

function machineOf(node: KnownNode, all: readonly KnownNode[]): Machine {
  const { id, name, platformType } = node;
  const isAmbiguous = all.some((other) => other.name === name && other.id !== id);
  const shown = isAmbiguous || name === '' ? nodeTitle(node) : printable(name);
  return { id, name: shown, isWindows: platformType === 'Windows' };
}
