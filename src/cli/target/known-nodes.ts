import { isAwsError, type AwsError } from '../../aws/sdk/aws-error.ts';
import type {
  Ec2Instance,
  InstanceState,
  ManagedNode,
  NodeCalls,
  NodeFilter,
} from '../../aws/aws.ts';
import { failureOf } from '../../lib/errors/program-error.ts';
import { messageOf } from '../../lib/errors/failure.ts';
import type { Clock } from '../../lib/clock.ts';
import { withTimeout } from '../../lib/with-timeout.ts';

/** A managed node and all its names. */
export interface KnownNode extends ManagedNode {
  /** Names and addresses besides those of a managed node. */
  readonly otherNames: readonly string[];
  /** Its state in EC2; undefined for another machine, and when EC2 was not asked or did not answer. */
  readonly instanceState: InstanceState | undefined;
  /** The instance as EC2 describes it; undefined as its state is. */
  readonly instance: Ec2Instance | undefined;
}

/** The managed nodes, with their names and addresses in EC2. */
export interface KnownNodes {
  readonly nodes: readonly KnownNode[];
  /** Instances that are not among the nodes; none when EC2 did not answer. */
  readonly unmanaged: readonly Ec2Instance[];
  /** Sentences about why something of EC2 is missing, such as {@link NAME_TAGS}; undefined when EC2 has answered. */
  readonly withoutEc2: ((what: string) => string) | undefined;
}

/** What people miss of EC2 first. */
export const NAME_TAGS = 'The Name tags of EC2 instances';

/**
 * Time limit for the answer of EC2 once the nodes are known, in milliseconds: names are not worth a longer
 * wait, and a network that has only the endpoints of sessions never reaches EC2.
 */
const TAGS_WAIT_MS = 3_000;

/** Of a node that EC2 has not described. */
export const UNKNOWN_TO_EC2 = { otherNames: [], instance: undefined } as const;

/**
 * Lists the managed nodes under the names people know: Systems Manager does not return the Name tags of EC2
 * instances, so EC2 is asked at the same time. If EC2 refuses, the other names are used.
 *
 * @param filter - selects nodes; all by default
 * @throws AwsError when the nodes cannot be listed
 */
export async function listKnownNodes(
  calls: NodeCalls,
  clock: Clock,
  filter: NodeFilter = {},
): Promise<KnownNodes> {
  const asking: Promise<readonly Ec2Instance[] | AwsError | undefined> = calls
    .instances()
    .catch((error: unknown) => {
      if (isAwsError(error)) return error;
      throw error;
    });
  // When the list itself fails, this failure must not be an unhandled rejection.
  asking.catch(() => undefined);
  const managed: ManagedNode[] = [];
  for await (const node of calls.nodes(filter)) managed.push(node);
  const answer = await withTimeout(clock, TAGS_WAIT_MS, asking, () => undefined);
  if (!isInstances(answer)) {
    return {
      nodes: managed.map((node) => ({ ...node, ...UNKNOWN_TO_EC2, instanceState: undefined })),
      unmanaged: [],
      withoutEc2: (what) => withoutEc2(what, answer),
    };
  }
  const instances = new Map(answer.map((instance) => [instance.id, instance]));
  const nodes = managed.map((node) => withNamesOf(node, instances.get(node.id)));
  for (const { id } of managed) instances.delete(id);
  return { nodes, unmanaged: [...instances.values()], withoutEc2: undefined };
}

function withoutEc2(what: string, refusal: AwsError | undefined): string {
  const missing = `${what} are not shown`;
  if (refusal === undefined) {
    return `${missing}, because EC2 did not answer within ${TAGS_WAIT_MS / 1000} s.`;
  }
  return refusal.reason === 'access-denied'
    ? `${missing}, because you are not allowed to read them. To see them, ask the administrator of the AWS account for the permission ec2:DescribeInstances.`
    : `${missing}. ${messageOf(failureOf(refusal))}`;
}

function isInstances(
  answer: readonly Ec2Instance[] | AwsError | undefined,
): answer is readonly Ec2Instance[] {
  return Array.isArray(answer);
}

function withNamesOf(node: ManagedNode, instance: Ec2Instance | undefined): KnownNode {
  if (instance === undefined) {
    // EC2 lists every instance but those that are terminated.
    const instanceState = node.id.startsWith('i-') ? 'terminated' : undefined;
    return { ...node, ...UNKNOWN_TO_EC2, instanceState };
  }
  const { state, nameTag, addresses, hostNames } = instance;
  return {
    ...node,
    name: nameTag === '' ? node.name : nameTag,
    // What stood for the name leads there still.
    otherNames: [node.name, ...addresses, ...hostNames],
    instanceState: state,
    instance,
  };
}

/** The text that a filter searches: everything that is known about a node. */
export function searchTextOf(node: KnownNode): string {
  const { id, name, computerName, ipAddress, platform, pingStatus, agentVersion } = node;
  const shown = [id, name, platform, pingStatus, agentVersion];
  return [...shown, computerName, ipAddress, ...node.otherNames].join(' ');
}
