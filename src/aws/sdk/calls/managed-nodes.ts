import {
  DescribeInstanceInformationCommand,
  SSMClient,
  type InstanceInformation,
  type InstanceInformationStringFilter,
} from '@aws-sdk/client-ssm';
import type { ManagedNode, NodeFilter } from '../../aws.ts';
import type { Call } from '../describe-failure.ts';
import type { SdkCalls } from '../sdk-calls.ts';
import { isSet, pagesOf } from './pages.ts';

/** Most nodes in one answer of DescribeInstanceInformation (Systems Manager API). */
const NODES_IN_A_PAGE = 50;

/** Ids of one filter, for which one answer has room. */
const IDS_IN_A_FILTER = NODES_IN_A_PAGE;

/** The managed nodes of the region. */
export async function* managedNodes(
  calls: SdkCalls,
  filter: NodeFilter,
): AsyncGenerator<ManagedNode> {
  for (const filters of filtersOf(filter)) {
    const pages = pagesOf((NextToken) =>
      calls.call('ssm', about(filter), (config) =>
        new SSMClient(config).send(
          new DescribeInstanceInformationCommand({
            Filters: [...filters],
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
}

/** The filters of each request. */
function filtersOf({
  ids,
  nameTag,
  tags = new Map(),
}: NodeFilter): readonly (readonly InstanceInformationStringFilter[])[] {
  const common: readonly InstanceInformationStringFilter[] = [
    ...(nameTag === undefined ? [] : [{ Key: 'tag:Name', Values: [nameTag] }]),
    ...[...tags].map(([key, values]) => ({ Key: `tag:${key}`, Values: [...values] })),
  ];
  if (ids === undefined) return [common];
  const requests: (readonly InstanceInformationStringFilter[])[] = [];
  for (let start = 0; start < ids.length; start += IDS_IN_A_FILTER) {
    const Values = ids.slice(start, start + IDS_IN_A_FILTER);
    requests.push([{ Key: 'InstanceIds', Values }, ...common]);
  }
  return requests;
}

function about({ ids, nameTag }: NodeFilter): Call {
  const wanted = nameTag ?? (ids?.length === 1 ? ids[0] : undefined);
  return {
    action: 'ssm:DescribeInstanceInformation',
    object: wanted === undefined ? 'the managed nodes' : `managed node ${wanted}`,
    purpose: wanted === undefined ? 'list the managed nodes' : `find the managed node ${wanted}`,
  };
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
