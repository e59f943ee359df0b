import { commandFailures } from '../../failures/commands.ts';
import { printable } from '../../lib/printable.ts';
import { CommandError, type CommandContext } from '../framework/command-context.ts';
import { releaseTerminal } from '../progress/release-terminal.ts';
import { compareByName } from '../output/natural-order.ts';
import type { Column } from '../output/table.ts';
import { pickFromList } from '../prompt/list/pick-from-list.ts';
import { pickedLine } from '../prompt/list/view-list.ts';
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
 * Lets the person choose one of several nodes: with the arrow keys, and by typing words that a node
 * contains. The choice stays on the screen as a line. Everything is drawn on stderr, so that stdout is the
 * remote side's alone.
 *
 * @throws CommandError when the input ends; PickerCancelledError on Ctrl-C and Esc
 */
export async function pickNode<Node extends KnownNode>(
  context: CommandContext,
  message: string,
  nodes: readonly Node[],
): Promise<Node> {
  const sorted = [...nodes].sort(byUse);
  const asked = printable(message);
  const { color, quiet } = context.options;
  const list = {
    message: asked,
    columns: NODE_COLUMNS,
    items: sorted.map((node) => ({
      row: describeNode(node),
      searchText: searchTextOf(node),
      isDimmed: node.pingStatus !== ONLINE,
    })),
  };
  const resume = releaseTerminal(context);
  try {
    const index = await pickFromList(context, list, color);
    const node = index === undefined ? undefined : sorted[index];
    if (node === undefined) throw new CommandError(commandFailures['target-not-chosen']());
    if (!quiet) context.output.stderr.write(`${pickedLine(asked, nodeTitle(node), color)}\n`);
    return node;
  } finally {
    resume();
  }
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
