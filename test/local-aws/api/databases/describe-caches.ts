import { element, text } from '../answers/xml.ts';
import { subnetGroupName, subnetOf, vpcOf, type LocalDatabase } from './local-database.ts';

/** A replication group (botocore, service-2.json of elasticache, `ReplicationGroup`). */
export function replicationGroup(database: LocalDatabase): string {
  const { name, engine, status = 'available', isClusterMode = false, readerHost } = database;
  const nodeGroup = element(
    'NodeGroup',
    text('NodeGroupId', '0001'),
    text('Status', status),
    ...(isClusterMode
      ? []
      : [
          endpoint('PrimaryEndpoint', database),
          readerHost === undefined
            ? ''
            : endpoint('ReaderEndpoint', { ...database, host: readerHost }),
        ]),
  );
  return element(
    'ReplicationGroup',
    text('ReplicationGroupId', name),
    text('Description', ' '),
    text('Status', status),
    element('MemberClusters', text('ClusterId', memberName(database))),
    element('NodeGroups', nodeGroup),
    isClusterMode ? endpoint('ConfigurationEndpoint', database) : '',
    text('ClusterEnabled', String(isClusterMode)),
    ...encryption(database),
    database.hasIamAuth === true ? element('UserGroupIds', text('member', 'people')) : '',
    text('Engine', engine),
  );
}

/** A node of a replication group, or a cluster of its own (the same, `CacheCluster`). */
export function cacheCluster(database: LocalDatabase): string {
  const { kind, name, engine, status = 'available', zone = 'us-east-1a' } = database;
  const isMember = kind === 'cluster';
  const hasConfiguration = engine === 'memcached';
  return element(
    'CacheCluster',
    text('CacheClusterId', isMember ? memberName(database) : name),
    hasConfiguration ? endpoint('ConfigurationEndpoint', database) : '',
    text('Engine', engine),
    text('CacheClusterStatus', status),
    text('PreferredAvailabilityZone', zone),
    text('CacheSubnetGroupName', subnetGroupName(database)),
    isMember || hasConfiguration
      ? ''
      : element(
          'CacheNodes',
          element('CacheNode', text('CacheNodeId', '0001'), endpoint('Endpoint', database)),
        ),
    isMember ? text('ReplicationGroupId', name) : '',
    ...encryption(database),
  );
}

/** A serverless cache (the same, `ServerlessCache`): it has subnets, and no VPC. */
export function serverlessCache(database: LocalDatabase): string {
  const { name, engine, status = 'available', readerHost, port = 6379 } = database;
  return element(
    'member',
    text('ServerlessCacheName', name),
    text('Status', status),
    text('Engine', engine),
    endpoint('Endpoint', database),
    readerHost === undefined
      ? ''
      : endpoint('ReaderEndpoint', { ...database, host: readerHost, port: port + 1 }),
    database.hasIamAuth === true ? text('UserGroupId', 'people') : '',
    element('SubnetIds', text('SubnetId', subnetOf(database))),
  );
}

/** The subnet group of a database (the same, `CacheSubnetGroup`). */
export function cacheSubnetGroup(database: LocalDatabase): string {
  return element(
    'CacheSubnetGroup',
    text('CacheSubnetGroupName', subnetGroupName(database)),
    text('VpcId', vpcOf(database)),
    element('Subnets', element('Subnet', text('SubnetIdentifier', subnetOf(database)))),
  );
}

function memberName({ name }: LocalDatabase): string {
  return `${name}-001`;
}

function endpoint(name: string, { host, port = 6379 }: LocalDatabase): string {
  return host === undefined ? '' : element(name, text('Address', host), text('Port', String(port)));
}

function encryption({ tls = 'required' }: LocalDatabase): readonly string[] {
  return [
    text('TransitEncryptionEnabled', String(tls !== 'off')),
    tls === 'off' ? '' : text('TransitEncryptionMode', tls === 'possible' ? 'preferred' : tls),
  ];
}
