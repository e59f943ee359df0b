import { objectMember, stringMember, type JsonObject } from '../../../../lib/json.ts';
import type { Database } from '../../../databases.ts';
import { EC2 } from '../instances/ec2-instances.ts';
import { callQuery } from '../direct/query-request.ts';
import { listMember } from '../direct/xml-answer.ts';
import {
  databaseOf,
  isTrue,
  portMember,
  readerOf,
  recordListing,
  textsOf,
  type Listing,
} from './answers.ts';
import { subnetGroupOf, type SubnetGroup } from './rds.ts';

/** ElastiCache (botocore, service-2.json of elasticache). */
const OWNED = {
  api: { service: 'elasticache', version: '2015-02-02' },
  owner: 'ElastiCache',
} as const;
/** Most values of a filter (EC2 user guide, "Filtering considerations"). */
const MOST_FILTER_VALUES = 200;
/** The engine of replication groups that do not name it. */
const REDIS = 'redis';

/** What ElastiCache describes. */
export interface CacheAnswers {
  readonly groups: readonly JsonObject[];
  readonly clusters: readonly JsonObject[];
  readonly serverless: readonly JsonObject[];
  readonly subnetGroups: readonly JsonObject[];
}

/** How each part is listed. */
export const CACHE_LISTS: Readonly<Record<keyof CacheAnswers, Listing<JsonObject>>> = {
  groups: recordListing({
    ...{ ...OWNED, operation: 'DescribeReplicationGroups', things: 'replication groups' },
    ...{ list: 'ReplicationGroups', item: 'ReplicationGroup' },
  }),
  clusters: recordListing({
    ...{ ...OWNED, operation: 'DescribeCacheClusters', things: 'clusters' },
    ...{ list: 'CacheClusters', item: 'CacheCluster', fields: { ShowCacheNodeInfo: 'true' } },
  }),
  serverless: recordListing({
    ...{ ...OWNED, operation: 'DescribeServerlessCaches', things: 'serverless caches' },
    ...{ list: 'ServerlessCaches', item: 'member' },
    pages: { size: 'MaxResults', token: 'NextToken' },
  }),
  subnetGroups: recordListing({
    ...{ ...OWNED, operation: 'DescribeCacheSubnetGroups', things: 'subnet groups' },
    ...{ list: 'CacheSubnetGroups', item: 'CacheSubnetGroup' },
  }),
};

/** A serverless cache has subnets, and no VPC. @returns those that no group has */
export function subnetsWithoutVpc(
  { serverless, subnetGroups }: CacheAnswers,
  others: readonly SubnetGroup[],
): readonly string[] {
  const known = [...subnetGroups.map(subnetGroupOf), ...others].flatMap(({ subnets }) => subnets);
  return [...new Set(serverless.map(firstSubnet))].filter((id) => !known.includes(id));
}

/** The VPCs of subnets (botocore, service-2.json of ec2). The filter also takes ids that do not exist any more. */
export function subnetsNamed(ids: readonly string[]): Listing<SubnetGroup> {
  const what = {
    action: 'ec2:DescribeSubnets',
    object: 'the subnets of caches',
    purpose: 'list the subnets of serverless caches',
  };
  const fields: Record<string, string> = { 'Filter.1.Name': 'subnet-id' };
  for (const [i, id] of ids.slice(0, MOST_FILTER_VALUES).entries()) {
    fields[`Filter.1.Value.${i + 1}`] = id;
  }
  return {
    what,
    async list(calls) {
      const answer = await callQuery(calls, EC2, what, 'DescribeSubnets', fields);
      return listMember(answer, 'subnetSet', 'item').map((subnet) => ({
        vpc: stringMember(subnet, 'vpcId'),
        subnets: [stringMember(subnet, 'subnetId')],
      }));
    },
  };
}

function firstSubnet(cache: JsonObject): string {
  return textsOf(cache, 'SubnetIds', 'SubnetId')[0] ?? '';
}

/**
 * Databases of ElastiCache. Clusters that belong to a replication group are reached through the group.
 *
 * @param subnetGroups - of other services, whose subnets are known, too
 */
export function cacheDatabases(
  { groups, clusters, serverless, subnetGroups }: CacheAnswers,
  others: readonly SubnetGroup[],
): readonly Database[] {
  const vpcs = new Map(
    subnetGroups.map((group) => [
      stringMember(group, 'CacheSubnetGroupName'),
      subnetGroupOf(group),
    ]),
  );
  const vpcOf = (cluster: JsonObject | undefined): string =>
    vpcs.get(stringMember(cluster ?? {}, 'CacheSubnetGroupName'))?.vpc ?? '';
  const all = [...vpcs.values(), ...others];
  return [
    ...groups.flatMap((group) => {
      const ids = textsOf(group, 'MemberClusters', 'ClusterId');
      const members = clusters.filter((one) => ids.includes(stringMember(one, 'CacheClusterId')));
      return groupEndpoints(group, members, vpcOf(members[0]));
    }),
    ...clusters
      .filter((one) => stringMember(one, 'ReplicationGroupId') === '')
      .map((one) => clusterOf(one, vpcOf(one))),
    ...serverless.flatMap((cache) => {
      const subnet = firstSubnet(cache);
      const vpc = all.find(({ subnets }) => subnets.includes(subnet))?.vpc ?? '';
      return serverlessEndpoints(cache, vpc);
    }),
  ];
}

function groupEndpoints(
  group: JsonObject,
  members: readonly JsonObject[],
  vpc: string,
): readonly Database[] {
  const isClusterMode = isTrue(group, 'ClusterEnabled');
  const [shard = {}] = listMember(group, 'NodeGroups', 'NodeGroup');
  const endpoint = isClusterMode
    ? objectMember(group, 'ConfigurationEndpoint')
    : objectMember(shard, 'PrimaryEndpoint');
  const reader = isClusterMode ? {} : objectMember(shard, 'ReaderEndpoint');
  const database = databaseOf({
    ...{ name: stringMember(group, 'ReplicationGroupId'), service: 'elasticache', kind: 'cluster' },
    ...{ engine: stringMember(group, 'Engine') || REDIS, status: stringMember(group, 'Status') },
    ...addressOf(endpoint),
    ...{ vpc, zones: zonesOf(members), tls: tlsOf(group), isClusterMode },
    hasIamAuth: textsOf(group, 'UserGroupIds', 'member').length > 0,
  });
  return [database, ...readerOf(database, stringMember(reader, 'Address'))];
}

function clusterOf(cluster: JsonObject, vpc: string): Database {
  const [node = {}] = listMember(cluster, 'CacheNodes', 'CacheNode');
  const configuration = objectMember(cluster, 'ConfigurationEndpoint');
  const endpoint = 'Address' in configuration ? configuration : objectMember(node, 'Endpoint');
  return databaseOf({
    ...{ name: stringMember(cluster, 'CacheClusterId'), service: 'elasticache', kind: 'instance' },
    ...{ engine: stringMember(cluster, 'Engine') },
    status: stringMember(cluster, 'CacheClusterStatus'),
    ...addressOf(endpoint),
    ...{ vpc, zones: zonesOf([cluster]), tls: tlsOf(cluster) },
  });
}

/** A serverless cache has TLS, and cluster mode (ElastiCache user guide, "Working with serverless caches"). */
function serverlessEndpoints(cache: JsonObject, vpc: string): readonly Database[] {
  const reader = addressOf(objectMember(cache, 'ReaderEndpoint'));
  const engine = stringMember(cache, 'Engine');
  const database = databaseOf({
    ...{ name: stringMember(cache, 'ServerlessCacheName'), service: 'elasticache' },
    ...{ kind: 'serverless', engine, status: stringMember(cache, 'Status') },
    ...addressOf(objectMember(cache, 'Endpoint')),
    ...{ vpc, tls: 'required', isClusterMode: engine !== 'memcached' },
    hasIamAuth: stringMember(cache, 'UserGroupId') !== '',
  });
  // Clients sign in to both endpoints in the same way, which differs from that of other caches.
  const readers = readerOf(database, reader.host, reader.port);
  return [database, ...readers.map((one) => ({ ...one, kind: database.kind }))];
}

function addressOf(endpoint: JsonObject): Pick<Database, 'host' | 'port'> {
  return { host: stringMember(endpoint, 'Address'), port: portMember(endpoint, 'Port') };
}

function tlsOf(described: JsonObject): Database['tls'] {
  if (!isTrue(described, 'TransitEncryptionEnabled')) return 'off';
  return stringMember(described, 'TransitEncryptionMode') === 'preferred' ? 'possible' : 'required';
}

/** Nodes in several zones have `Multiple` here (ElastiCache API, `CacheCluster`). */
function zonesOf(clusters: readonly JsonObject[]): readonly string[] {
  return clusters
    .map((cluster) => stringMember(cluster, 'PreferredAvailabilityZone'))
    .filter((zone) => zone !== '' && zone !== 'Multiple');
}
