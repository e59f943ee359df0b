import type { LocalDatabase } from '../../../local-aws/local-aws.ts';

export const SHOP_VPC = 'vpc-0a0b0c0d0e0f01020';
const DOMAIN = 'abc123.us-east-1';

/** An Aurora cluster with two instances. */
export const SHOP: LocalDatabase = {
  ...{ name: 'shop', service: 'rds', kind: 'cluster', engine: 'aurora-postgresql' },
  ...{ host: `shop.cluster-${DOMAIN}.rds.example`, port: 5432, vpc: SHOP_VPC },
  readerHost: `shop.cluster-ro-${DOMAIN}.rds.example`,
  ...{ masterUser: 'shop_admin', databaseName: 'orders', hasIamAuth: true },
  masterSecretArn: 'arn:aws:secretsmanager:us-east-1:123456789012:secret:rds!cluster-shop',
};
export const SHOP_1: LocalDatabase = {
  ...{ name: 'shop-1', service: 'rds', kind: 'instance', engine: 'aurora-postgresql' },
  ...{ host: `shop-1.${DOMAIN}.rds.example`, port: 5432, vpc: SHOP_VPC, zone: 'us-east-1b' },
  ...{ cluster: 'shop', isWriter: true, masterUser: 'shop_admin' },
};
export const SHOP_2: LocalDatabase = {
  ...SHOP_1,
  ...{ name: 'shop-2', host: `shop-2.${DOMAIN}.rds.example`, zone: 'us-east-1c', isWriter: false },
};
/** An instance of its own that is being created. */
export const LEGACY: LocalDatabase = {
  ...{ name: 'legacy', service: 'rds', kind: 'instance', engine: 'mariadb', status: 'creating' },
  vpc: SHOP_VPC,
};
/** A replication group of the same name as the cluster. */
export const CACHE: LocalDatabase = {
  ...{ name: 'shop', service: 'elasticache', kind: 'cluster', engine: 'valkey', vpc: SHOP_VPC },
  ...{ host: `master.shop.${DOMAIN}.cache.example`, port: 6379, hasIamAuth: true },
  readerHost: `replica.shop.${DOMAIN}.cache.example`,
};
export const SESSIONS: LocalDatabase = {
  ...{ name: 'sessions', service: 'elasticache', kind: 'instance', engine: 'memcached' },
  ...{ host: `sessions.${DOMAIN}.cache.example`, port: 11211, vpc: SHOP_VPC, tls: 'off' },
};
export const COUNTERS: LocalDatabase = {
  ...{ name: 'counters', service: 'elasticache', kind: 'serverless', engine: 'valkey' },
  ...{ host: `counters.${DOMAIN}.cache.example`, port: 6379, vpc: SHOP_VPC },
  readerHost: `counters.${DOMAIN}.cache.example`,
};
export const LOGS: LocalDatabase = {
  ...{ name: 'logs', service: 'opensearch', kind: 'domain', engine: 'opensearch' },
  ...{ host: `vpc-logs.${DOMAIN}.es.example`, vpc: SHOP_VPC },
};
export const SALES: LocalDatabase = {
  ...{ name: 'sales', service: 'redshift', kind: 'cluster', engine: 'redshift' },
  ...{ host: `sales.${DOMAIN}.redshift.example`, port: 5439, vpc: SHOP_VPC },
};
/** DocumentDB answers by RDS. */
export const CATALOG: LocalDatabase = {
  ...{ name: 'catalog', service: 'rds', kind: 'cluster', engine: 'docdb' },
  ...{ host: `catalog.${DOMAIN}.docdb.example`, port: 27017, vpc: SHOP_VPC },
};

export const ALL_DATABASES: readonly LocalDatabase[] = [
  ...[SHOP, SHOP_1, SHOP_2, LEGACY, CACHE, SESSIONS, COUNTERS, LOGS, SALES, CATALOG],
];
