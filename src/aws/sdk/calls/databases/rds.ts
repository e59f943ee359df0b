import { objectMember, stringMember, type JsonObject } from '../../../../lib/json.ts';
import type { Database } from '../../../databases.ts';
import { listMember } from '../direct/xml-answer.ts';
import { databaseOf, isTrue, portMember, readerOf, recordListing, textsOf } from './answers.ts';

/** RDS, whose API also lists DocumentDB and Neptune (botocore, service-2.json of rds). */
const RDS = { service: 'rds', version: '2014-10-31' } as const;

/** A subnet group, which knows its VPC. */
export interface SubnetGroup {
  readonly vpc: string;
  readonly subnets: readonly string[];
}

/** The instances as RDS describes them. */
export const DB_INSTANCES = recordListing({
  ...{ api: RDS, operation: 'DescribeDBInstances', things: 'DB instances', owner: 'RDS' },
  ...{ list: 'DBInstances', item: 'DBInstance' },
});

/** The clusters as RDS describes them. */
export const DB_CLUSTERS = recordListing({
  ...{ api: RDS, operation: 'DescribeDBClusters', things: 'DB clusters', owner: 'RDS' },
  ...{ list: 'DBClusters', item: 'DBCluster' },
});

/** Databases of RDS: the endpoints of clusters, and all instances, also those of clusters. */
export function rdsDatabases(
  instances: readonly JsonObject[],
  clusters: readonly JsonObject[],
): readonly Database[] {
  const groups = dbSubnetGroups(instances);
  return [
    ...clusters.flatMap((cluster) => clusterEndpoints(cluster, instances, groups)),
    ...instances.map((one) => instanceOf(one, clusterOf(one, clusters))),
  ];
}

/** The subnet groups of instances, by their names. */
export function dbSubnetGroups(instances: readonly JsonObject[]): ReadonlyMap<string, SubnetGroup> {
  return new Map(
    instances.map((instance) => {
      const group = objectMember(instance, 'DBSubnetGroup');
      return [stringMember(group, 'DBSubnetGroupName'), subnetGroupOf(group)];
    }),
  );
}

/** A subnet group of RDS or ElastiCache. */
export function subnetGroupOf(group: JsonObject): SubnetGroup {
  return {
    vpc: stringMember(group, 'VpcId'),
    subnets: listMember(group, 'Subnets', 'Subnet').map((one) =>
      stringMember(one, 'SubnetIdentifier'),
    ),
  };
}

function clusterOf(instance: JsonObject, clusters: readonly JsonObject[]): JsonObject {
  const name = stringMember(instance, 'DBClusterIdentifier');
  return clusters.find((one) => stringMember(one, 'DBClusterIdentifier') === name) ?? {};
}

/** @param cluster - the cluster of the instance, which has the values that its instances share; empty without a cluster */
function instanceOf(instance: JsonObject, cluster: JsonObject): Database {
  const text = (name: string): string => stringMember(instance, name);
  const endpoint = objectMember(instance, 'Endpoint');
  return databaseOf({
    ...{ name: text('DBInstanceIdentifier'), service: 'rds', kind: 'instance' },
    ...{ engine: text('Engine'), status: text('DBInstanceStatus') },
    ...{ host: stringMember(endpoint, 'Address'), port: portMember(endpoint, 'Port') },
    vpc: stringMember(objectMember(instance, 'DBSubnetGroup'), 'VpcId'),
    zones: [text('AvailabilityZone')].filter((zone) => zone !== ''),
    ...accessOf(instance, cluster),
    databaseName: text('DBName') || stringMember(cluster, 'DatabaseName'),
  });
}

/** A cluster does not name its VPC: its members do, or other instances of its subnet group. */
function clusterEndpoints(
  cluster: JsonObject,
  instances: readonly JsonObject[],
  groups: ReadonlyMap<string, SubnetGroup>,
): readonly Database[] {
  const text = (name: string): string => stringMember(cluster, name);
  const name = text('DBClusterIdentifier');
  const members = instances.filter((one) => stringMember(one, 'DBClusterIdentifier') === name);
  const writers = listMember(cluster, 'DBClusterMembers', 'DBClusterMember')
    .filter((member) => isTrue(member, 'IsClusterWriter'))
    .map((member) => stringMember(member, 'DBInstanceIdentifier'));
  const zonesOf = (ids: readonly JsonObject[]): readonly string[] =>
    ids.map((one) => stringMember(one, 'AvailabilityZone')).filter((zone) => zone !== '');
  const writerZones = zonesOf(
    members.filter((one) => writers.includes(stringMember(one, 'DBInstanceIdentifier'))),
  );
  const [group] = dbSubnetGroups(members).values();
  const database = databaseOf({
    ...{ name, service: 'rds', kind: 'cluster', engine: text('Engine'), status: text('Status') },
    ...{ host: text('Endpoint'), port: portMember(cluster, 'Port') },
    vpc: (group ?? groups.get(text('DBSubnetGroup')))?.vpc ?? '',
    zones:
      writerZones.length > 0
        ? writerZones
        : textsOf(cluster, 'AvailabilityZones', 'AvailabilityZone'),
    ...accessOf(cluster),
    databaseName: text('DatabaseName'),
  });
  const reader = { ...database, zones: zonesOf(members) };
  return [database, ...readerOf(reader, text('ReaderEndpoint'))];
}

function accessOf(
  described: JsonObject,
  cluster: JsonObject = {},
): Pick<Database, 'hasIamAuth' | 'masterUser' | 'masterSecretArn'> {
  const both = [described, cluster];
  const first = (textOf: (one: JsonObject) => string): string =>
    both.map(textOf).find((text) => text !== '') ?? '';
  return {
    hasIamAuth: both.some((one) => isTrue(one, 'IAMDatabaseAuthenticationEnabled')),
    masterUser: first((one) => stringMember(one, 'MasterUsername')),
    masterSecretArn: first((one) =>
      stringMember(objectMember(one, 'MasterUserSecret'), 'SecretArn'),
    ),
  };
}
