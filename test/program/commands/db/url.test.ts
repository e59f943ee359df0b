import assert from 'node:assert/strict';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import type { LocalDatabase } from '../../../local-aws/local-aws.ts';
import { execFileSync } from '../../../support/child-process.ts';
import { temporaryDirectory } from '../../../support/temporary-directory.ts';
import { DATABASE_USER, startPostgres } from '../../port/support/postgresql/postgresql.ts';
import { requirePostgres } from '../../port/support/postgresql/require-postgresql.ts';
import { startAccount, WEB_1 } from '../support/account.ts';
import { CACHE, CATALOG, LOGS, SALES, SHOP, SHOP_VPC } from '../support/databases.ts';
import { takenPort } from '../support/forwarding.ts';
import { outcomeOf, startCommand } from '../support/run-command.ts';

const LEGACY: LocalDatabase = {
  ...{ name: 'legacy', service: 'rds', kind: 'instance', engine: 'mariadb', port: 3306 },
  ...{ host: 'legacy.rds.example', databaseName: 'it’s' },
};
const PLAIN_CACHE: LocalDatabase = { ...CACHE, name: 'plain', tls: 'off' };
const DATABASES = [SHOP, SALES, LEGACY, { ...CACHE, name: 'cache' }, PLAIN_CACHE, LOGS, CATALOG];

describe('db url', () => {
  for (const [args, url] of [
    [['shop'], 'postgresql://shop_admin@127.0.0.1:5432/orders?sslmode=require'],
    [
      ['shop', '--user', 'a b@c', '--ca', '/ca file.pem', '--local-port', '15432'],
      'postgresql://a%20b%40c@127.0.0.1:15432/orders?sslmode=verify-ca&sslrootcert=%2Fca%20file.pem',
    ],
    [['sales'], 'postgresql://admin@127.0.0.1:5439/dev?sslmode=require'],
    [['legacy'], 'mysql://admin@127.0.0.1:3306/it%E2%80%99s?ssl-mode=REQUIRED'],
    [['cache'], 'rediss://127.0.0.1:6379'],
    [['plain', '--user', 'app'], 'redis://app@127.0.0.1:6379'],
    [['logs'], 'https://127.0.0.1:8443'],
    [
      ['catalog', '--ca', '/ca.pem'],
      'mongodb://admin@127.0.0.1:27017/?tls=true&tlsAllowInvalidHostnames=true&tlsCAFile=%2Fca.pem&directConnection=true&retryWrites=false',
    ],
  ] as const) {
    it(`prints the URL of ${args.join(' ')}, and starts no session`, async (t) => {
      const account = await startAccount(t, [], { databases: DATABASES });
      const run = await account.run(['db', 'url', ...args]);
      assert.equal(run.stdout, `${url}\n`);
      assert.equal(run.status, 0);
      assert.deepEqual(account.aws.sessions, []);
    });
  }

  it('reports how to forward the port when nothing listens there, and nothing when it is forwarded', async (t) => {
    const account = await startAccount(t, [], { databases: [SHOP, CACHE] });
    const port = await takenPort(t);
    const up = await account.run(['db', 'url', 'rds/shop', '--local-port', String(port)]);
    assert.equal(up.stderr, '');
    const down = await account.run(['db', 'url', 'rds/shop', '--local-port', '2']);
    const command = '`session-manager-plugin db rds/shop --local-port 2`';
    assert.equal(
      down.stderr,
      `Nothing listens on port 2 yet. To forward it, run ${command} in another terminal.\n`,
    );
  });

  it('prints exports that a shell reads back as they are', async (t) => {
    const database = { ...SHOP, databaseName: "it's $HOME; `x`" };
    const account = await startAccount(t, [], { databases: [database] });
    const ca = join(temporaryDirectory(t), 'a b.pem');
    const run = await account.run(['db', 'url', 'shop', '--ca', ca, '--env']);
    const names = ['PGHOST', 'PGHOSTADDR', 'PGPORT', 'PGSSLMODE', 'PGSSLROOTCERT', 'PGUSER'];
    const shown = [...names, 'PGDATABASE'].map((name) => `"$${name}"`).join(' ');
    const read = execFileSync('sh', ['-c', `${run.stdout}printf '%s\\n' ${shown}`], {
      encoding: 'utf8',
    });
    assert.deepEqual(read.split('\n').slice(0, -1), [
      ...[SHOP.host, '127.0.0.1', '5432', 'verify-full', ca, 'shop_admin', database.databaseName],
    ]);
  });

  it('has the URL and the variables in JSON', async (t) => {
    const account = await startAccount(t, [], { databases: [LEGACY] });
    const run = await account.run(['db', 'url', 'legacy', '--json']);
    const url = 'mysql://admin@127.0.0.1:3306/it%E2%80%99s?ssl-mode=REQUIRED';
    const variables = { MYSQL_HOST: '127.0.0.1', MYSQL_TCP_PORT: '3306', DATABASE_URL: url };
    assert.deepEqual(JSON.parse(run.stdout), { url, variables });
  });

  for (const [args, message] of [
    [['url', 'shop', '--local-port', '0'], /A URL needs a port/],
    [['url', 'shop', 'sales'], /There is more than one database/],
    [['shop', '--env'], /`db NAME` does not take --env\.\n--env is an option of `db url`\./],
    [['list', '--through', 'web'], /`db list` does not take --through\.\n.*`db connect`\./],
    [['--ca', 'ca.pem'], /`db list` does not take --ca\./],
    [['url', 'shop', '--reason', 'x'], /`db url` does not take --reason\./],
    [['shop', '--no-iam'], /`db NAME` does not take --no-iam\./],
    [['shop', '--user', 'app'], /`db NAME` does not take --user\.\n.* or `db NAME --exec`\./],
    [['connect', 'shop', '--exec', '--', 'true'], /`db connect` does not take --exec\./],
    [['connect', 'shop', '--secret', 's', '--iam'], /--secret and --iam exclude each other/],
    [['shop', '--exec'], /There is no program to run/],
    [['shop', '--', 'true'], /A program after -- needs --exec/],
  ] as const) {
    it(`explains what is wrong with ${args.join(' ')}`, async (t) => {
      const account = await startAccount(t, [], { databases: DATABASES });
      const run = await account.run(['db', ...args]);
      assert.match(run.stderr, message);
      assert.equal(run.status, 255);
    });
  }
});

describe('db --exec', () => {
  it('runs a program with the variables of its client while the port listens, and ends with its status', async (t) => {
    const programs = requirePostgres(t);
    if (programs === undefined) return;
    const server = await startPostgres(t, programs);
    const database = {
      ...{ ...SHOP, readerHost: SHOP.host ?? '', host: 'shop.rds.example', port: 5432 },
      ...{ masterUser: DATABASE_USER, databaseName: 'postgres' },
    };
    const account = await startAccount(t, [{ ...WEB_1, vpc: SHOP_VPC }], {
      databases: [{ ...database, kind: 'instance' }],
      sessions: {
        agent: {
          route: ({ host }) => ({
            host: '127.0.0.1',
            port: host === database.host ? server.port : 1,
          }),
        },
      },
    });
    // This server has no TLS; what the variables ask for is refused by the client itself.
    const script =
      'psql -Atc "select 1" 2>&1 | grep -c "server does not support SSL"; ' +
      'PGSSLMODE=disable psql -Atc "select current_user, current_database()"; ' +
      'psql "${DATABASE_URL%require}disable" -Atc "select 7"; exit 7';
    const args = ['db', 'shop', '--exec', '--', 'sh', '-c', script];
    const program = startCommand(t, account, args);
    const { stdout, stderr } = await outcomeOf(program);
    assert.equal(stdout, '1\npostgres|postgres\n7\n', stderr);
    assert.match(stderr, /^Forwarding through web \(.*\n$/);
    assert.equal((await program.end()).status, 7);
  });
});
