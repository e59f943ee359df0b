import type { LocalDatabase } from '../../local-aws/local-aws.ts';
import { account, USUAL_NODES } from '../support/fleets.ts';
import { testFailures } from '../support/failures/failing.ts';

const SALES: LocalDatabase = {
  ...{ name: 'sales', service: 'redshift', kind: 'cluster', engine: 'redshift' },
  ...{ host: 'sales.c0.us-east-1.redshift.example', vpc: 'vpc-0f0e0d0c0b0a09080' },
};
const SHOP: LocalDatabase = {
  ...{ name: 'shop', service: 'rds', kind: 'instance', engine: 'postgres' },
  host: 'shop.c0.us-east-1.rds.example',
};
const CACHE: LocalDatabase = {
  ...{ name: 'shop', service: 'elasticache', kind: 'cluster', engine: 'valkey' },
  host: 'shop.c0.use1.cache.example',
};
const NEW: LocalDatabase = {
  ...{ name: 'next', service: 'rds', kind: 'instance', engine: 'mariadb', status: 'creating' },
};
const PUBLIC: LocalDatabase = {
  ...{ name: 'search', service: 'opensearch', kind: 'domain', engine: 'opensearch' },
  ...{ host: 'search.us-east-1.es.example', vpc: '' },
};
const target = account(USUAL_NODES, { databases: [SALES, SHOP, CACHE, NEW, PUBLIC] });

testFailures('databases', {
  missing: {
    ...{ args: ['db', '--local-port', '0'], shell: '</dev/null', target },
    failure: 'database-missing',
  },
  unknown: { args: ['db', 'slaes'], target, failure: 'database-unknown' },
  ambiguous: {
    ...{ args: ['db', 'shop'], shell: '</dev/null', target },
    failure: 'database-ambiguous',
  },
  none: { args: ['db'], target: account(USUAL_NODES), failure: 'databases-none' },
  'not-ready': { args: ['db', 'next'], target, failure: 'database-not-ready' },
  'no-vpc': { args: ['db', 'search'], target, failure: 'database-vpc-unknown' },
  'no-node': { args: ['db', 'sales'], target, failure: 'database-node-none' },
  'no-ec2': {
    args: ['db', 'shop/reader'],
    target: async (t) => {
      const made = await account(USUAL_NODES, {
        databases: [{ ...CACHE, readerHost: 'r.example' }],
      })(t);
      const refusal = { status: 403, type: 'UnauthorizedOperation', message: '' };
      made.aws.refuse('DescribeInstances', refusal);
      return made;
    },
    failure: 'database-node-unknown',
  },
});
