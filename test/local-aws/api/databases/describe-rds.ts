import { element, text } from '../answers/xml.ts';
import { subnetGroupName, subnetOf, vpcOf, type LocalDatabase } from './local-database.ts';

/** A DB instance in an answer of DescribeDBInstances (botocore, service-2.json of rds, `DBInstance`). */
export function dbInstance(database: LocalDatabase): string {
  const { name, engine, status = 'available', host, port = 5432, zone, cluster } = database;
  return element(
    'DBInstance',
    text('DBInstanceIdentifier', name),
    text('DBInstanceClass', 'db.t4g.micro'),
    text('Engine', engine),
    text('DBInstanceStatus', status),
    optional('DBName', database.databaseName),
    // It may be missing while the instance is created.
    host === undefined
      ? ''
      : element(
          'Endpoint',
          text('Address', host),
          text('Port', String(port)),
          text('HostedZoneId', 'Z2R2ITUGPM61AM'),
        ),
    optional('AvailabilityZone', zone),
    element(
      'DBSubnetGroup',
      text('DBSubnetGroupName', subnetGroupName(database)),
      text('VpcId', vpcOf(database)),
      text('SubnetGroupStatus', 'Complete'),
      element(
        'Subnets',
        element(
          'Subnet',
          text('SubnetIdentifier', subnetOf(database)),
          element('SubnetAvailabilityZone', text('Name', zone ?? 'us-east-1a')),
          text('SubnetStatus', 'Active'),
        ),
      ),
    ),
    optional('DBClusterIdentifier', cluster),
    element('ReadReplicaDBInstanceIdentifiers'),
    ...access(database),
  );
}

/** A DB cluster (the same, `DBCluster`): it has the name of its subnet group, and no VPC. */
export function dbCluster(database: LocalDatabase, all: readonly LocalDatabase[]): string {
  const { name, engine, status = 'available', host, port = 5432, readerHost } = database;
  const members = all.filter((one) => one.service === 'rds' && one.cluster === name);
  return element(
    'DBCluster',
    text('DBClusterIdentifier', name),
    text('Engine', engine),
    text('Status', status),
    optional('DatabaseName', database.databaseName),
    text('DBSubnetGroup', subnetGroupName(database)),
    element(
      'AvailabilityZones',
      ...['a', 'b', 'c'].map((zone) => text('AvailabilityZone', `us-east-1${zone}`)),
    ),
    optional('Endpoint', host),
    optional('ReaderEndpoint', readerHost),
    text('Port', String(port)),
    element(
      'DBClusterMembers',
      ...members.map((member) =>
        element(
          'DBClusterMember',
          text('DBInstanceIdentifier', member.name),
          text('IsClusterWriter', String(member.isWriter ?? false)),
        ),
      ),
    ),
    ...access(database),
  );
}

function access({
  masterUser = 'admin',
  masterSecretArn,
  hasIamAuth = false,
}: LocalDatabase): readonly string[] {
  return [
    text('MasterUsername', masterUser),
    text('IAMDatabaseAuthenticationEnabled', String(hasIamAuth)),
    masterSecretArn === undefined
      ? ''
      : element(
          'MasterUserSecret',
          text('SecretArn', masterSecretArn),
          text('SecretStatus', 'active'),
        ),
  ];
}

function optional(name: string, value: string | undefined): string {
  return value === undefined ? '' : text(name, value);
}
