import type { LocalDatabase } from '../../local-aws/local-aws.ts';
import { createAuthority } from '../../network/certificate-authority.ts';
import { startTlsStandIn } from '../../program/commands/db/support/tls-stand-in.ts';
import { temporaryDirectory } from '../../support/temporary-directory.ts';
import { OPENSSL } from '../../support/tools.ts';
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

const databases = [CLUSTER, INSTANCE, CACHE];

/** Clients that print an answer; what they do with real servers is tested in test/program/commands/db. */
const CLIENTS = {
  psql:
    '[ "$PGSSLMODE" = verify-full ] && [ -f "$PGSSLROOTCERT" ] || exit 1; ' +
    "printf ' count\\n-------\\n    42\\n(1 row)\\n\\n'",
  'valkey-cli': 'echo PONG',
};

testGuide('docs/databases.md', {
  tools: [OPENSSL],
  async prepare(t, heading) {
    if (!['Connect a client', 'Passwords'].includes(heading))
      return { account: { aws: { databases } } };
    const authority = createAuthority(temporaryDirectory(t), 'Authority');
    const names = databases.map(({ host = '' }) => `DNS:${host}`);
    const { port } = await startTlsStandIn(t, authority.issue(names));
    const secrets = { 'shop/reports': '{"username": "reports", "password": "secret"}' };
    return {
      account: { aws: { databases, secrets }, databasePort: port },
      files: { 'global-bundle.pem': authority.certificate },
      programs: CLIENTS,
    };
  },
});
