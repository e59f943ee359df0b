import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { createIam } from '../../../local-aws/iam/iam.ts';
import { LOCAL_IDENTITY } from '../../../local-aws/api/credentials/sts-api.ts';
import type { LocalDatabase } from '../../../local-aws/local-aws.ts';
import { serve } from '../../../network/local-server.ts';
import { startAccount, type PipedRun } from '../support/account.ts';
import {
  ALL_DATABASES,
  CACHE,
  COUNTERS,
  LEGACY,
  LOGS,
  SALES,
  SHOP,
  SHOP_1,
  SHOP_VPC,
} from '../support/databases.ts';

function fields({ stdout }: PipedRun): readonly (readonly string[])[] {
  const lines = stdout.split('\n').slice(0, -1);
  return lines.map((line) => line.split('\t'));
}

function databasesIn({ stdout }: PipedRun): readonly Readonly<Record<string, unknown>>[] {
  return JSON.parse(stdout) as readonly Readonly<Record<string, unknown>>[];
}

describe('db list', () => {
  it('has the databases of all services: name, engine, endpoint, status and VPC', async (t) => {
    const account = await startAccount(t, [], { databases: ALL_DATABASES });
    const run = await account.run(['db', 'list']);
    const domain = 'abc123.us-east-1';
    const row = (name: string, engine: string, endpoint: string, status = 'available') => {
      return [name, engine, endpoint, status, SHOP_VPC];
    };
    assert.deepEqual(fields(run), [
      row('catalog', 'docdb', `catalog.${domain}.docdb.example:27017`),
      row('counters', 'valkey', `counters.${domain}.cache.example:6379`),
      row('counters/reader', 'valkey', `counters.${domain}.cache.example:6380`),
      row('legacy', 'mariadb', '', 'creating'),
      row('logs', 'opensearch', `vpc-logs.${domain}.es.example:443`, 'active'),
      row('sales', 'redshift', `sales.${domain}.redshift.example:5439`),
      row('sessions', 'memcached', `sessions.${domain}.cache.example:11211`),
      row('shop', 'aurora-postgresql', `shop.cluster-${domain}.rds.example:5432`),
      row('shop', 'valkey', `master.shop.${domain}.cache.example:6379`),
      row('shop-1', 'aurora-postgresql', `shop-1.${domain}.rds.example:5432`),
      row('shop-2', 'aurora-postgresql', `shop-2.${domain}.rds.example:5432`),
      row('shop/reader', 'aurora-postgresql', `shop.cluster-ro-${domain}.rds.example:5432`),
      row('shop/reader', 'valkey', `replica.shop.${domain}.cache.example:6379`),
    ]);
    assert.equal(run.stderr, '13 databases in us-east-1.\n');
    assert.equal(run.status, 0);
  });

  it('is what db without a name prints where no person can choose', async (t) => {
    const account = await startAccount(t, [], { databases: [SALES] });
    const { stdout } = await account.run(['db']);
    assert.equal(stdout, (await account.run(['db', 'list'])).stdout);
  });

  it('selects by words', async (t) => {
    const account = await startAccount(t, [], { databases: ALL_DATABASES });
    const run = await account.run(['db', 'list', 'valkey', 'SHOP']);
    assert.deepEqual(
      fields(run).map(([name]) => name),
      ['shop', 'shop/reader'],
    );
    assert.equal(run.stderr, '2 of 13 databases in us-east-1 match "valkey SHOP".\n');
  });

  it('has everything that is known in JSON', async (t) => {
    const account = await startAccount(t, [], { databases: [SHOP, SHOP_1] });
    const run = await account.run(['db', '--json']);
    const [cluster] = databasesIn(run);
    assert.deepEqual(cluster, {
      ...{ family: 'postgres', host: SHOP.host, port: 5432, vpc: SHOP_VPC, zones: ['us-east-1b'] },
      ...{ tls: 'possible', name: 'shop', service: 'rds', kind: 'cluster' },
      ...{ engine: 'aurora-postgresql', status: 'available', iamAuth: true },
      ...{ masterUser: 'shop_admin', masterSecretArn: SHOP.masterSecretArn },
      ...{ databaseName: 'orders', clusterMode: false, region: 'us-east-1' },
    });
    assert.equal(run.stderr, '');
  });

  it('knows of an instance what only its cluster has', async (t) => {
    const account = await startAccount(t, [], { databases: [SHOP, SHOP_1] });
    const instance = databasesIn(await account.run(['db', '--json']))[1];
    assert.deepEqual(
      [instance?.['name'], instance?.['masterSecretArn'], instance?.['iamAuth']],
      ['shop-1', SHOP.masterSecretArn, true],
    );
    assert.equal(instance?.['databaseName'], 'orders');
  });

  it('knows the TLS and the users of ElastiCache, and the port of cluster mode', async (t) => {
    const groups: readonly LocalDatabase[] = [
      { ...CACHE, name: 'a' },
      { ...CACHE, name: 'b', tls: 'possible', hasIamAuth: false },
      { ...CACHE, name: 'c', tls: 'off', isClusterMode: true, host: 'clustercfg.c.example' },
    ];
    const account = await startAccount(t, [], { databases: groups });
    const run = await account.run(['db', '--json']);
    const known = databasesIn(run).filter(({ kind }) => kind === 'cluster');
    assert.deepEqual(
      known.map(({ tls, iamAuth, clusterMode, host }) => [tls, iamAuth, clusterMode, host]),
      [
        ['required', true, false, CACHE.host],
        ['possible', false, false, CACHE.host],
        ['off', true, true, 'clustercfg.c.example'],
      ],
    );
  });

  it('reads lists of several pages, of one database and of none', async (t) => {
    const many = Array.from({ length: 250 }, (_, i) => ({ ...SHOP_1, name: `db-${i}` }));
    const domains = Array.from({ length: 11 }, (_, i) => ({ ...LOGS, name: `logs-${i}` }));
    const account = await startAccount(t, [], { databases: [...many, ...domains] });
    const run = await account.run(['db', 'list']);
    assert.deepEqual(
      fields(run).map(([name]) => name),
      [...many, ...domains].map(({ name }) => name),
    );
    const count = (operation: string): number =>
      account.aws.databaseCalls.filter((one) => one === operation).length;
    assert.equal(count('DescribeDBInstances'), 3);
    assert.equal(count('DescribeDomains'), 3);
    assert.equal(count('DescribeDBClusters'), 1);
  });

  it('finds the VPC of a serverless cache by its subnets, and asks EC2 only for those that no group has', async (t) => {
    const without = await startAccount(t, [], { databases: [COUNTERS] });
    assert.equal(fields(await without.run(['db', 'list']))[0]?.[4], SHOP_VPC);
    assert.deepEqual(without.aws.ec2Calls, ['DescribeSubnets']);
    const grouped = await startAccount(t, [], { databases: [COUNTERS, CACHE] });
    assert.equal(fields(await grouped.run(['db', 'list']))[0]?.[4], SHOP_VPC);
    assert.deepEqual(grouped.aws.ec2Calls, []);
    const refusal = { status: 403, type: 'UnauthorizedOperation', message: '' };
    without.aws.refuse('DescribeSubnets', refusal);
    const denied = await without.run(['db', 'list']);
    assert.equal(fields(denied)[0]?.[4], '');
    assert.match(denied.stderr, /not allowed to list the subnets of .* \(ec2:DescribeSubnets\)/);
  });

  it('does not follow pages without an end, and asks each service at its own endpoint', async (t) => {
    const account = await startAccount(t, [], { databases: [LOGS] });
    let pages = 0;
    const port = await serve(t, (_, response) => {
      pages++;
      const result = `<Clusters/><Marker>${pages}</Marker>`;
      response.end(
        `<DescribeClustersResponse><DescribeClustersResult>${result}</DescribeClustersResult></DescribeClustersResponse>`,
      );
    });
    const env = { AWS_ENDPOINT_URL_REDSHIFT: `http://127.0.0.1:${port}` };
    const { stdout, stderr } = await account.run(['db', 'list'], env);
    assert.match(stdout, /^logs\t/);
    assert.match(stderr, /^Cannot list the clusters of Redshift: .* contains no end\./);
    assert.equal(pages, 100);
  });

  it('has the region of each of several', async (t) => {
    const account = await startAccount(t, [], {
      databases: [SALES, { ...SALES, region: 'eu-west-1' }, { ...LEGACY, region: 'eu-west-1' }],
    });
    const regions = ['--region', 'us-east-1', '--region', 'eu-west-1'];
    const run = await account.run(['db', 'list', ...regions]);
    assert.deepEqual(
      fields(run).map((line) => [line[0], line.length, line.at(-1)]),
      [
        ['legacy', 6, 'eu-west-1'],
        ['sales', 6, 'eu-west-1'],
        ['sales', 6, 'us-east-1'],
      ],
    );
    assert.equal(run.stderr, '3 databases in us-east-1, eu-west-1.\n');
  });

  it('has what other services list when some refuse, and names the permissions in one line', async (t) => {
    const iam = createIam(LOCAL_IDENTITY);
    iam.attach([
      {
        statements: [
          {
            effect: 'Allow',
            actions: ['rds:*', 'redshift:*', 'elasticache:DescribeCache*', 'es:ListDomainNames'],
            ...{ resources: ['*'], conditions: [] },
          },
        ],
      },
    ]);
    const account = await startAccount(t, [], { databases: ALL_DATABASES, iam });
    const { stdout, stderr, status } = await account.run(['db', 'list']);
    assert.match(stdout, /^sales\t/m);
    assert.match(stdout, /^shop-1\t/m);
    assert.doesNotMatch(stdout, /^logs\t/m);
    assert.equal(
      stderr,
      'You are not allowed to list the replication groups of ElastiCache (elasticache:DescribeReplicationGroups), ' +
        'the serverless caches of ElastiCache (elasticache:DescribeServerlessCaches), ' +
        'the domains of OpenSearch Service (es:DescribeDomains). ' +
        'Ask the administrator of the AWS account for these permissions.\n8 databases in us-east-1.\n',
    );
    assert.equal(status, 0);
  });

  it('fails when no service answers', async (t) => {
    const iam = createIam(LOCAL_IDENTITY);
    iam.attach([]);
    const account = await startAccount(t, [], { databases: ALL_DATABASES, iam });
    const { stdout, stderr, status } = await account.run(['db', 'list']);
    assert.equal(stdout, '');
    assert.match(stderr, /Cannot list the .*: .* is not allowed to use \w+:\w+/);
    assert.equal(status, 255);
  });

  it('reports a service that does not answer as AWS does, beside what the others list', async (t) => {
    const account = await startAccount(t, [], { databases: [SALES, LOGS] });
    account.aws.refuse('ListDomainNames', {
      ...{ status: 400, type: 'DisabledOperationException', message: 'The service is not here' },
    });
    const { stdout, stderr } = await account.run(['db', 'list']);
    assert.match(stdout, /^sales\t/);
    assert.match(stderr, /^Cannot list the domains of OpenSearch Service: The service is not here/);
  });
});
