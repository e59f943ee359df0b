import assert from 'node:assert/strict';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it, type TestContext } from 'node:test';
import {
  mongosh,
  psql,
  redisCli,
  type ClientPlace,
} from '../../../../src/commands/forward/db/connect/client-start.ts';
import { mysql } from '../../../../src/commands/forward/db/connect/mysql-start.ts';
import { temporaryDirectory } from '../../../support/temporary-directory.ts';

const PASSWORD = { kind: 'password', text: 'x' } as const;
const PLACE: ClientPlace = {
  ...{
    program: 'client',
    host: 'db.example',
    address: '127.0.0.1',
    port: 4321,
    user: '',
    databaseName: '',
  },
  ...{ credential: { kind: 'asked' }, authorities: '/ca.pem', env: {}, platform: 'linux' },
  isInTerminal: false,
  write: (name) => `/private/${name}`,
};

/** A place with a client that has this version, and arguments without those that all have. */
async function mysqlArguments(
  t: TestContext,
  version: string,
  place: Partial<ClientPlace> = {},
): Promise<readonly string[]> {
  const bin = join(temporaryDirectory(t), 'bin');
  mkdirSync(bin);
  const script = `#!/bin/sh\n[ "$*" = '--no-defaults --version' ] || exit 1\necho '${version}'\n`;
  writeFileSync(join(bin, 'mysql'), script, { mode: 0o755 });
  const { command } = await mysql({ ...PLACE, program: 'mysql', env: { PATH: bin }, ...place });
  const common = ['mysql', '--protocol=TCP', '--host=127.0.0.1', '--port=4321', '--ssl-ca=/ca.pem'];
  return command.filter((one) => !common.includes(one));
}

const MYSQL = 'mysql  Ver 8.0.36 for Linux on x86_64 (MySQL Community Server - GPL)';

describe('the command of a client', () => {
  // MySQL 8.0 Reference Manual, "Command Options for Encrypted Connections" and "Client-Side Cleartext Pluggable Authentication".
  it('has the mode of MySQL that verifies the chain, and sends a token only as clear text in TLS', async (t) => {
    assert.deepEqual(await mysqlArguments(t, MYSQL), ['--ssl-mode=VERIFY_CA']);
    assert.deepEqual(
      await mysqlArguments(t, MYSQL, { credential: { kind: 'token', text: 'x' }, user: 'app' }),
      [
        ...['--defaults-file=/private/client.cnf', '--user=app'],
        ...['--ssl-mode=VERIFY_CA', '--enable-cleartext-plugin'],
      ],
    );
  });

  for (const [version, option] of [
    [
      'mysql  Ver 15.1 Distrib 10.11.19-MariaDB, for debian-linux-gnu (x86_64)',
      '--disable-ssl-verify-server-cert',
    ],
    ['mysql  Ver 15.1 Distrib 11.3.2-MariaDB, for Linux', '--disable-ssl-verify-server-cert'],
    [
      'mysql from 11.4.3-MariaDB, client 15.2 for debian-linux-gnu (x86_64)',
      '--ssl-verify-server-cert',
    ],
    ['mysql from 12.0.1-MariaDB, client 15.2 for Linux', '--ssl-verify-server-cert'],
  ] as const) {
    it(`verifies the chain with ${version}`, async (t) => {
      assert.deepEqual(await mysqlArguments(t, version), [option]);
    });
  }

  it('lets clients of MySQL ask in a terminal, unless the user has a password for them', async (t) => {
    const isInTerminal = true;
    assert.ok((await mysqlArguments(t, MYSQL, { isInTerminal })).includes('--password'));
    const { command } = await mysql({ ...PLACE, isInTerminal, env: { MYSQL_PWD: 'x' } });
    assert.ok(!command.includes('--password'));
  });

  it('takes what could turn verification off, or replace the password, out of the environment', async () => {
    const isRemoved = (
      variables: Readonly<Record<string, string | undefined>>,
    ): readonly string[] =>
      Object.entries(variables).flatMap(([name, value]) => (value === undefined ? [name] : []));
    const place: ClientPlace = { ...PLACE, credential: PASSWORD };
    assert.deepEqual(isRemoved((await psql(place)).variables), ['PGSERVICE', 'PGPASSWORD']);
    assert.deepEqual(isRemoved((await psql(PLACE)).variables), ['PGSERVICE']);
    assert.deepEqual(isRemoved((await redisCli(place)).variables), ['VALKEYCLI_AUTH']);
    assert.deepEqual(isRemoved((await mysql(place)).variables), [
      'MARIADB_TLS_DISABLE_PEER_VERIFICATION',
    ]);
  });

  it('escapes the fields of the password file of PostgreSQL', async () => {
    let written = '';
    const write = (name: string, text: string): string => {
      written = text;
      return name;
    };
    await psql({ ...PLACE, user: 'a:b\\c', credential: { kind: 'password', text: '*' }, write });
    assert.equal(written, 'db.example:4321:*:a\\:b\\\\c:*\n');
  });

  it('lets redis-cli ask only for a user, and in a terminal', async () => {
    const isInTerminal = true;
    const asks = async (place: Partial<ClientPlace>): Promise<boolean> =>
      (await redisCli({ ...PLACE, ...place })).command.includes('--askpass');
    assert.equal(await asks({ isInTerminal }), false);
    assert.equal(await asks({ user: 'app' }), false);
    assert.equal(await asks({ isInTerminal, user: 'app' }), true);
    assert.equal(await asks({ isInTerminal, user: 'app', credential: PASSWORD }), false);
  });

  // mongosh, packages/arg-parser; DocumentDB Developer Guide, "Connecting programmatically to Amazon DocumentDB".
  it('lets mongosh verify the chain, and ask for the password', async () => {
    const { command } = await mongosh({ ...PLACE, program: 'mongosh', user: 'app' });
    assert.deepEqual(command, [
      ...['mongosh', '--host', '127.0.0.1', '--port', '4321', '--tls', '--tlsCAFile', '/ca.pem'],
      ...['--tlsAllowInvalidHostnames', '--retryWrites=false', '--username', 'app'],
    ]);
  });
});
