import type { LocalDatabase } from '../../local-aws/local-aws.ts';
import { account, USUAL_NODES } from '../support/fleets.ts';
import { testFailures } from '../support/failures/failing.ts';

const SHOP: LocalDatabase = {
  ...{ name: 'shop', service: 'rds', kind: 'instance', engine: 'postgres' },
  host: 'shop.c0.us-east-1.rds.example',
};
const SESSIONS: LocalDatabase = {
  ...{ name: 'sessions', service: 'elasticache', kind: 'instance', engine: 'memcached' },
  host: 'sessions.c0.use1.cache.example',
};
const target = account(USUAL_NODES, { databases: [SHOP, SESSIONS] });

testFailures('database-clients', {
  unknown: {
    ...{ args: ['db', 'connect', 'shop', '--client', 'mysql'], target },
    failure: 'database-client-unknown',
  },
  none: { args: ['db', 'connect', 'sessions'], target, failure: 'database-client-none' },
});
