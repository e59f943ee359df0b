import type { CommandContext } from '../framework/command-context.ts';
import { compareByName } from '../output/natural-order.ts';
import type { Column } from '../output/table.ts';
import { pickOne } from '../prompt/list/pick-one.ts';
import { searchTextOf, type KnownNode } from './known-nodes.ts';
import { nodeTitle } from './node-title.ts';

/** The columns of {@link describeNode}. */
export const NODE_COLUMNS: readonly Column[] = [
  { header: 'ID', narrowest: 'whole' },
  { header: 'NAME', narrowest: 8 },
  { header: 'ADDRESS', narrowest: 'whole', dispensable: 2 },
  { header: 'PLATFORM', narrowest: 8, dispensable: 1 },
  { header: 'PING STATUS', shortHeader: 'STATUS', narrowest: 6 },
];

/**
 * Lets the person choose one of several nodes.
 *
 * @throws CommandError when the input ends; PickerCancelledError on Ctrl-C and Esc
 */
export async function pickNode<Node extends KnownNode>(
  context: CommandContext,
  message: string,
  nodes: readonly Node[],
): Promise<Node> {
  const sorted = [...nodes].sort(byUse);
  const items = sorted.map((node) => ({
    node,
    row: describeNode(node),
    searchText: searchTextOf(node),
    isDimmed: node.pingStatus !== ONLINE,
    title: nodeTitle(node),
  }));
  return (await pickOne(context, message, NODE_COLUMNS, items)).node;
}

/** The columns of a node in a list to choose from. */
export function describeNode(node: KnownNode): readonly string[] {
  return [node.id, node.name, node.ipAddress, node.platform, statusOf(node)];
}

/** Of a machine that does not run, its state means more than the last ping. */
function statusOf({ pingStatus, instanceState }: KnownNode): string {
  const isRunning = instanceState === undefined || instanceState === 'running';
  return isRunning || pingStatus === ONLINE ? pingStatus : instanceState;
}

const ONLINE = 'Online';

/** Nodes that can be used first, then by name. */
function byUse(a: KnownNode, b: KnownNode): number {
  const online = Number(b.pingStatus === ONLINE) - Number(a.pingStatus === ONLINE);
  return online || compareByName(a, b);
}
