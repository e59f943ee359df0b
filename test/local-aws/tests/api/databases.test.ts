import assert from 'node:assert/strict';
import { describe, it, type TestContext } from 'node:test';
import { promisify } from 'node:util';
import {
  ALL_DATABASES,
  CACHE,
  COUNTERS,
  LOGS,
  SALES,
  SESSIONS,
  SHOP,
  SHOP_1,
  SHOP_VPC,
} from '../../../program/commands/support/databases.ts';
import { programEnvironment } from '../../../program/support/program.ts';
import { execFile } from '../../../support/child-process.ts';
import { needs } from '../../../support/require-tools.ts';
import { AWS } from '../../../support/tools.ts';
import { startLocalAws } from '../../local-aws.ts';

const run = promisify(execFile);

/** What the AWS CLI reads of the answers, with botocore's model of each service. */
async function readByCli(t: TestContext, ...args: readonly string[]): Promise<unknown> {
  const aws = await startLocalAws({ databases: ALL_DATABASES });
  t.after(() => aws.close());
  const place = ['--endpoint-url', aws.endpoint, '--region', aws.region, '--output', 'json'];
  const env = programEnvironment({ PATH: process.env['PATH'] ?? '' });
  const { stdout } = await run('aws', [...args, ...place], { env });
  return JSON.parse(stdout) as unknown;
}

describe('the descriptions of databases, read by the AWS CLI', needs(AWS), () => {
  for (const [command, query, expected] of [
    [
      'rds describe-db-instances',
      'DBInstances[].[DBInstanceIdentifier,Endpoint.Port,DBSubnetGroup.VpcId,DBClusterIdentifier] | [0]',
      [SHOP_1.name, 5432, SHOP_VPC, 'shop'],
    ],
    [
      'rds describe-db-clusters',
      'DBClusters[].[Endpoint,ReaderEndpoint,MasterUserSecret.SecretArn,IAMDatabaseAuthenticationEnabled,DBClusterMembers[].IsClusterWriter] | [0]',
      [SHOP.host, SHOP.readerHost, SHOP.masterSecretArn, true, [true, false]],
    ],
    [
      'elasticache describe-replication-groups',
      'ReplicationGroups[].[NodeGroups[0].PrimaryEndpoint.Address,MemberClusters,TransitEncryptionEnabled,UserGroupIds,Engine] | [0]',
      [CACHE.host, ['shop-001'], true, ['people'], 'valkey'],
    ],
    [
      'elasticache describe-cache-clusters --show-cache-node-info',
      'CacheClusters[].[CacheClusterId,ConfigurationEndpoint.Address,ReplicationGroupId]',
      [
        ['shop-001', null, 'shop'],
        [SESSIONS.name, SESSIONS.host, null],
      ],
    ],
    [
      'elasticache describe-serverless-caches',
      'ServerlessCaches[].[ServerlessCacheName,Endpoint.Port,ReaderEndpoint.Port,SubnetIds]',
      [[COUNTERS.name, 6379, 6380, [SHOP_VPC.replace('vpc', 'subnet')]]],
    ],
    [
      'elasticache describe-cache-subnet-groups',
      'CacheSubnetGroups[].[VpcId,Subnets[].SubnetIdentifier]',
      [[SHOP_VPC, [SHOP_VPC.replace('vpc', 'subnet')]]],
    ],
    [
      'redshift describe-clusters',
      'Clusters[].[ClusterIdentifier,Endpoint.Address,Endpoint.Port,VpcId]',
      [[SALES.name, SALES.host, 5439, SHOP_VPC]],
    ],
    ['opensearch list-domain-names', 'DomainNames[].DomainName', [LOGS.name]],
    [
      'opensearch describe-domains --domain-names logs',
      'DomainStatusList[].[DomainName,Endpoints.vpc,VPCOptions.VPCId,DomainEndpointOptions.EnforceHTTPS]',
      [[LOGS.name, LOGS.host, SHOP_VPC, true]],
    ],
  ] as const) {
    it(`are those of ${command}`, async (t) => {
      const answer = await readByCli(t, ...command.split(' '), '--query', query);
      assert.deepEqual(answer, expected);
    });
  }

  it('refuse what is not allowed as the services do', async (t) => {
    const aws = await startLocalAws();
    t.after(() => aws.close());
    aws.refuse('DescribeDBInstances', {
      ...{ status: 403, type: 'AccessDeniedException', message: 'not authorized' },
    });
    const place = ['--endpoint-url', aws.endpoint, '--region', aws.region];
    const env = programEnvironment({ PATH: process.env['PATH'] ?? '' });
    await assert.rejects(
      run('aws', ['rds', 'describe-db-instances', ...place], { env }),
      /An error occurred \(AccessDenied\) when calling the DescribeDBInstances operation: not authorized/,
    );
  });
});
