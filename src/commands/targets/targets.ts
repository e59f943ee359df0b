import type { Command } from 'commander';
import type { ManagedNode } from '../../aws/aws.ts';
import type { CommandContext, TextPart } from '../../cli/framework/command-context.ts';
import { examples } from '../../cli/framework/command-line.ts';
import type { CommandHelp } from '../../cli/framework/help/help-page.ts';
import { matchesWords } from '../../cli/output/match-words.ts';
import {
  listKnownNodes,
  searchTextOf,
  type KnownNode,
  type KnownNodes,
} from '../../cli/target/known-nodes.ts';
import { printList } from '../../cli/output/print-list.ts';
import type { Column } from '../../cli/output/table.ts';

/** Programs count the fields of a line: a new column is the last one. */
const COLUMNS: readonly Column[] = [
  { header: 'ID', narrowest: 'whole' },
  { header: 'NAME', narrowest: 8 },
  { header: 'PLATFORM', narrowest: 8, dispensable: 2 },
  { header: 'PING STATUS', shortHeader: 'STATUS', narrowest: 8 },
  { header: 'AGENT', narrowest: 'whole', dispensable: 1 },
  { header: 'ADDRESS', narrowest: 'whole', dispensable: 3 },
];

/** Ping statuses of Systems Manager (`InstanceInformation`, Systems Manager API). */
const STATUS_COLORS: Readonly<Record<string, Exclude<TextPart, string>['color']>> = {
  Online: 'green',
  ConnectionLost: 'red',
  Inactive: 'yellow',
};

/** `targets [FILTER...]`: the managed nodes of the region. */
export function configureTargets(command: Command, context: CommandContext): CommandHelp {
  command
    .description(
      'Lists the managed nodes of the region: id, name, platform, ping status, agent version, private address. In a pipe, the columns are tab-separated and have no header. A narrow terminal shows fewer columns.',
    )
    .argument(
      '[filter...]',
      'list only nodes that contain all these words in id, name, address, platform or status',
    )
    .action((words: readonly string[]) => listTargets(context, words.join(' ').trim()));
  return {
    examples: examples(
      'targets',
      'targets debian online',
      'targets --json',
      'targets web | cut -f1',
      'targets web --wait',
    ),
  };
}

/** Nodes that a filter selects. */
interface ListedNodes {
  readonly known: KnownNodes;
  readonly nodes: readonly KnownNode[];
}

async function listWhenOnline(
  context: CommandContext,
  list: () => Promise<ListedNodes>,
): Promise<ListedNodes> {
  const { awaitNodes } = await import('../../cli/target/ready/await-nodes.ts');
  return awaitNodes(context, list);
}

async function listTargets(context: CommandContext, filter: string): Promise<void> {
  const list = async (): Promise<ListedNodes> => {
    const known = await listKnownNodes(await context.aws.calls(), context.clock);
    const nodes = known.nodes.filter((node) => matchesWords(searchTextOf(node), filter));
    return { known, nodes };
  };
  const [listed, { compareByName }] = await Promise.all([
    context.options.ready === undefined ? list() : listWhenOnline(context, list),
    import('../../cli/output/natural-order.ts'),
  ]);
  const { known } = listed;
  const nodes = listed.nodes.toSorted(compareByName);
  if (known.withoutTags !== undefined) {
    context.output.notify(known.withoutTags);
  }
  await printList(context, nodes.map(forPrograms), { columns: COLUMNS, rows: nodes.map(rowOf) });
  if (context.options.json) return;
  const region = await context.aws.region();
  context.output.notify(
    countText({ listed: nodes.length, all: known.nodes.length, filter, region }),
  );
}

function rowOf(node: KnownNode): readonly TextPart[] {
  const { id, name, platform, pingStatus, agentVersion, ipAddress } = node;
  const color = STATUS_COLORS[pingStatus];
  const status = color === undefined ? pingStatus : { color, text: pingStatus };
  return [id, name, platform, status, agentVersion, ipAddress];
}

/** A sentence about how many nodes are listed. */
function countText({ listed, all, filter, region }: Listed): string {
  if (all === 0)
    return `There is no managed node in ${region}. Pass another --region or --profile.`;
  if (filter !== '') return `${listed} of ${all} managed nodes in ${region} match "${filter}".`;
  return `${all} managed node${all === 1 ? '' : 's'} in ${region}.`;
}

interface Listed {
  readonly listed: number;
  /** Nodes of the region. */
  readonly all: number;
  readonly filter: string;
  readonly region: string;
}

/** The properties of a node in JSON: an interface that programs rely on. */
function forPrograms(node: KnownNode): Omit<ManagedNode, 'platformType'> {
  const { id, name, platform, pingStatus, agentVersion, ipAddress, computerName } = node;
  return { id, name, platform, pingStatus, agentVersion, ipAddress, computerName };
}
