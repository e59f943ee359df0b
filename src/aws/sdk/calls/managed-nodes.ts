import {
  DescribeInstanceInformationCommand,
  SSMClient,
  type InstanceInformation,
  type InstanceInformationStringFilter,
} from '@aws-sdk/client-ssm';
import type { ManagedNode, NodeFilter } from '../../aws.ts';
import type { SdkCalls } from '../sdk-calls.ts';
import { isSet, pagesOf } from './pages.ts';

/** Most nodes in one answer of DescribeInstanceInformation (Systems Manager API). */
const NODES_IN_A_PAGE = 50;

/** The managed nodes of the region. */
export async function* managedNodes(
  calls: SdkCalls,
  filter: NodeFilter,
): AsyncGenerator<ManagedNode> {
  const filters: InstanceInformationStringFilter[] = [
    ...(filter.id === undefined ? [] : [{ Key: 'InstanceIds', Values: [filter.id] }]),
    ...(filter.nameTag === undefined ? [] : [{ Key: 'tag:Name', Values: [filter.nameTag] }]),
  ];
  const wanted = filter.id ?? filter.nameTag;
  const what = {
    action: 'ssm:DescribeInstanceInformation',
    object: wanted === undefined ? 'the managed nodes' : `managed node ${wanted}`,
    purpose: wanted === undefined ? 'list the managed nodes' : `find the managed node ${wanted}`,
  };
  const pages = pagesOf((NextToken) =>
    calls.call('ssm', what, (config) =>
      new SSMClient(config).send(
        new DescribeInstanceInformationCommand({
          Filters: filters,
          MaxResults: NODES_IN_A_PAGE,
          NextToken,
        }),
      ),
    ),
  );
  for await (const page of pages) {
    for (const node of page.InstanceInformationList ?? []) yield nodeOf(node, filter.nameTag);
  }
}

function nodeOf(node: InstanceInformation, nameTag: string | undefined): ManagedNode {
  const computerName = node.ComputerName ?? '';
  const system = [node.PlatformName, node.PlatformVersion].filter((part) => isSet(part)).join(' ');
  return {
    id: node.InstanceId ?? '',
    name: nameTag ?? [node.Name, computerName].find((name) => isSet(name)) ?? '',
    platform: isSet(node.PlatformName) ? system : (node.PlatformType ?? ''),
    platformType: node.PlatformType,
    pingStatus: node.PingStatus ?? 'Inactive',
    agentVersion: node.AgentVersion ?? '',
    ipAddress: node.IPAddress ?? '',
    computerName,
  };
}
