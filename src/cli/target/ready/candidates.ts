import type { Ec2Instance } from '../../../aws/aws.ts';
import type { KnownNode, KnownNodes } from '../known-nodes.ts';

const ONLINE = 'Online';

/** An instance that Systems Manager does not manage yet, as a node to choose. */
function instanceAsNode(instance: Ec2Instance): KnownNode {
  const { id, state, nameTag, addresses, hostNames } = instance;
  const [ipAddress = '', ...others] = addresses;
  return {
    id,
    name: nameTag,
    platform: '',
    platformType: undefined,
    pingStatus: 'Inactive',
    agentVersion: '',
    ipAddress,
    computerName: '',
    otherNames: [...others, ...hostNames],
    instanceState: state,
    instance,
  };
}

/** All nodes that are ready or may become it: those of Systems Manager, and instances that are not among them yet. */
export function nodesToBe({ nodes, unmanaged }: KnownNodes): readonly KnownNode[] {
  return [...nodes, ...unmanaged.map(instanceAsNode)].filter(({ instanceState }) => {
    return instanceState !== 'shutting-down' && instanceState !== 'terminated';
  });
}

/**
 * Of several nodes of one name those that are closest to being ready: a stopped instance is not meant while another one
 * runs.
 */
export function closestToReady(nodes: readonly KnownNode[]): readonly KnownNode[] {
  const closest = Math.min(...nodes.map(distance));
  return nodes.filter((node) => distance(node) === closest);
}

function distance({ pingStatus, instanceState }: KnownNode): number {
  switch (instanceState) {
    case 'stopping':
    case 'stopped':
    case 'shutting-down':
    case 'terminated':
      return 2;
    case 'pending':
      return 1;
    case 'running':
    case undefined:
      return pingStatus === ONLINE ? 0 : 1;
  }
}
