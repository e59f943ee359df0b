import type { LocalDatabase } from '../../local-aws/local-aws.ts';
import { testGuide } from '../support/guide.ts';

const CLUSTER: LocalDatabase = {
  ...{ name: 'shop', service: 'rds', kind: 'cluster', engine: 'aurora-postgresql' },
  ...{ host: 'shop.cluster-c0.us-east-1.rds.example', hasIamAuth: true },
  readerHost: 'shop.cluster-ro-c0.us-east-1.rds.example',
};
const INSTANCE: LocalDatabase = {
  ...{ name: 'shop-1', service: 'rds', kind: 'instance', engine: 'aurora-postgresql' },
  ...{ host: 'shop-1.c0.us-east-1.rds.example', cluster: 'shop', isWriter: true },
  zone: 'us-east-1a',
};
const CACHE: LocalDatabase = {
  ...{ name: 'cache', service: 'elasticache', kind: 'cluster', engine: 'valkey' },
  ...{ host: 'cache.c0.use1.cache.example', port: 6379 },
};

testGuide('docs/databases.md', {
  prepare: () => ({ account: { aws: { databases: [CLUSTER, INSTANCE, CACHE] } } }),
});
