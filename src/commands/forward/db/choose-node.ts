import type { Database } from '../../../aws/databases.ts';
import { CommandError, type CommandContext } from '../../../cli/framework/command-context.ts';
import { commandWith } from '../../../cli/invocation/command-with.ts';
import { compareByName } from '../../../cli/output/natural-order.ts';
import { listKnownNodes, type KnownNode } from '../../../cli/target/known-nodes.ts';
import { nodeTitle } from '../../../cli/target/node-title.ts';
import { findTarget } from '../../../cli/target/resolve-target.ts';
import { databaseFailures } from '../../../failures/databases.ts';
import { someOf } from '../../../failures/fleets.ts';
import { printable } from '../../../lib/printable.ts';

/** The target through which a database is reached. */
export interface ChosenNode {
  /** What StartSession takes as `Target`. */
  readonly target: string;
  /** As the user wrote it; undefined when it was chosen. */
  readonly targetText: string | undefined;
  /** Chooses again for a later session; undefined for one that the user named. */
  readonly findAgain: ((before: string) => Promise<string>) | undefined;
}

/** The node that the user names. @throws as `findTarget` */
export async function namedNode(context: CommandContext, through: string): Promise<ChosenNode> {
  const { id } = await findTarget(context, through);
  return { target: id, targetText: through, findAgain: undefined };
}

/**
 * Chooses a managed node in the VPC of a database, preferably in its availability zone, and reports which one it is.
 *
 * @throws CommandError when there is none
 * @throws AwsError when the nodes cannot be listed
 */
export async function chooseNode(context: CommandContext, database: Database): Promise<ChosenNode> {
  const [node] = await nodesFor(context, database);
  const zone = node.instance?.details.zone ?? '';
  const where = database.zones.includes(zone) ? `the zone ${zone} and the VPC` : 'the VPC';
  const name = printable(database.name);
  context.output.notify(`Forwarding through ${nodeTitle(node)}, which is in ${where} of ${name}.`);
  return {
    target: node.id,
    targetText: undefined,
    async findAgain(before) {
      const nodes = await nodesFor(context, database);
      return (nodes.find(({ id }) => id === before) ?? nodes[0]).id;
    },
  };
}

/** Nodes that are online in the VPC, the best one first: always in the same order. */
async function nodesFor(
  context: CommandContext,
  { name, vpc, zones }: Database,
): Promise<readonly [KnownNode, ...KnownNode[]]> {
  const command = commandWith(context.args, ['--through', 'TARGET']);
  if (vpc === '')
    throw new CommandError(databaseFailures['database-vpc-unknown'](printable(name), command));
  const known = await listKnownNodes(await context.aws.calls(), context.clock);
  const why = known.withoutEc2?.('The VPCs of EC2 instances');
  if (why !== undefined)
    throw new CommandError(databaseFailures['database-node-unknown'](why, command));
  const online = known.nodes.filter(({ pingStatus }) => pingStatus === 'Online');
  const inZone = (node: KnownNode): number =>
    Number(zones.includes(node.instance?.details.zone ?? ''));
  const [best, ...others] = online
    .filter(({ instance }) => instance?.details.vpc === vpc)
    .toSorted((a, b) => inZone(b) - inZone(a) || compareByName(a, b));
  if (best !== undefined) return [best, ...others];
  const vpcs = online.flatMap(({ instance }) => instance?.details.vpc ?? []);
  const elsewhere = someOf([...new Set(vpcs.filter((one) => one !== ''))].sort());
  throw new CommandError(
    databaseFailures['database-node-none'](printable(name), vpc, elsewhere, command),
  );
}
