import type { Command } from 'commander';
import type { ManagedNode } from '../../aws/aws.ts';
import type { CommandContext } from '../../cli/framework/command-context.ts';
import { examples } from '../../cli/framework/command-line.ts';
import { listKnownNodes, type KnownNode } from '../../cli/target/known-nodes.ts';
import { matchesWords } from '../../cli/target/match-words.ts';
import { printList } from '../../cli/output/print-list.ts';

const HEADER = ['ID', 'NAME', 'PLATFORM', 'PING STATUS', 'AGENT'];

/** `targets [FILTER]`: the managed nodes of the region. */
export function configureTargets(command: Command, context: CommandContext): void {
  command
    .description(
      'Lists the managed nodes of the region: id, name, platform, ping status, agent version. In a pipe, the columns are tab-separated and have no header.',
    )
    .argument(
      '[filter]',
      'list only nodes whose id, name, address, platform or status contains these words',
    )
    .addHelpText(
      'after',
      examples('targets', 'targets "debian online"', 'targets --json', 'targets web | cut -f1'),
    )
    .action((filter: string | undefined) => listTargets(context, filter ?? ''));
}

async function listTargets(context: CommandContext, filter: string): Promise<void> {
  const known = await listKnownNodes(await context.aws.fleet(), context.clock);
  const nodes = known.nodes.filter((node) => matchesWords(searchText(node), filter));
  nodes.sort((a, b) => compare(a.name, b.name) || compare(a.id, b.id));
  if (nodes.length === 0) {
    const what = filter === '' ? 'no managed node' : `no managed node that matches "${filter}"`;
    context.output.notify(`There is ${what} in ${await context.aws.region()}.`);
  }
  if (known.withoutTags !== undefined) {
    context.output.notify(`Name tags of EC2 instances are not shown: ${known.withoutTags}`);
  }
  await printList(context, nodes.map(forPrograms), {
    header: HEADER,
    rows: nodes.map(({ id, name, platform, pingStatus, agentVersion }) => {
      return [id, name, platform, pingStatus, agentVersion];
    }),
  });
}

function searchText(node: KnownNode): string {
  const { id, name, computerName, ipAddress, platform, pingStatus, agentVersion } = node;
  const shown = [id, name, platform, pingStatus, agentVersion];
  return [...shown, computerName, ipAddress, ...node.otherNames].join(' ');
}

/** The properties of a node in JSON: an interface that programs rely on. */
function forPrograms(node: KnownNode): Omit<ManagedNode, 'platformType'> {
  const { id, name, platform, pingStatus, agentVersion, ipAddress, computerName } = node;
  return { id, name, platform, pingStatus, agentVersion, ipAddress, computerName };
}

function compare(a: string, b: string): number {
  return a < b ? -1 : Number(a > b);
}
