import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { createDeferred } from '../../../../src/lib/deferred.ts';
import type { LocalDatabase } from '../../../local-aws/local-aws.ts';
import { startService } from '../../port/support/target-service.ts';
import { requireTools } from '../../../support/require-tools.ts';
import { OPENSSL, PSQL } from '../../../support/tools.ts';
import { outcomeOf, startCommand, startTerminalCommand } from '../support/run-command.ts';
import { startDesk, withAuthority } from './support/connect.ts';
import { startSecureRedis } from './support/servers.ts';
import { databaseSystem } from './support/systems.ts';

const PASSWORD = 'correct horse';
const WITH_SECRET = { secrets: { orders: PASSWORD } };
const SECRET = ['--secret', 'orders', '--user', 'app'];
const postgres = databaseSystem('PostgreSQL');
const mariaDb = databaseSystem('MariaDB');
const redis = databaseSystem('Redis');

describe('a client of db connect', { timeout: 120_000 }, () => {
  it('gets Ctrl-C, after which psql goes on, and ends the command with its status', async (t) => {
    if (!postgres.isHere(t)) return;
    const desk = await postgres.start(t, {}, WITH_SECRET);
    desk.server.setPassword('app', PASSWORD);
    const args = ['db', 'connect', 'orders', ...withAuthority(desk), ...SECRET, '--', '-X'];
    const program = await startTerminalCommand(t, desk, args);
    await program.screen.until('the prompt', (text) => text.includes('postgres=> '));
    program.type("SELECT 'tick' \\watch 1\n");
    await program.screen.until('a row', (text) => /\n tick\s/.test(text));
    program.type('\x03');
    await program.screen.until('the prompt', (text) => /\n tick\s.*postgres=> $/s.test(text));
    program.type('SELECT current_user;\n');
    await program.screen.until('its answer', (text) => /\n *app\s/.test(text));
    program.type('\\q\n');
    assert.equal((await program.end()).status, 0);
    assert.deepEqual(desk.left(), []);
  });

  it('asks for the password in the terminal: psql and mariadb', async (t) => {
    for (const system of [postgres, mariaDb]) {
      if (!system.isHere(t)) return;
      const desk = await system.start(t);
      desk.server.setPassword('app', PASSWORD);
      const args = ['db', 'connect', 'orders', ...withAuthority(desk), '--user', 'app'];
      const program = await startTerminalCommand(t, desk, [...args, '--', ...system.whoAmI]);
      await program.screen.until('the question', (text) => /password.*: $/i.test(text));
      program.type(`${PASSWORD}\n`);
      await program.screen.until('its answer', (text) =>
        /Password.*\bapp\b/is.test(text.slice(text.search(/password.*: /i))),
      );
      assert.equal((await program.end()).status, 0);
    }
  });

  it('connects psql again with a file that has a new password', async (t) => {
    if (!postgres.isHere(t)) return;
    const desk = await postgres.start(t, {}, WITH_SECRET);
    desk.server.setPassword('app', PASSWORD);
    const args = ['db', 'connect', 'orders', ...withAuthority(desk), ...SECRET, '--', '-AtX'];
    const program = startCommand(t, desk, args);
    program.stdin.write("SELECT 'first';\n");
    await program.stdout.until('the first answer', (text) => text.includes('first'));
    desk.server.setPassword('app', 'another');
    // As the program renews a token (src/commands/forward/db/connect/connect.ts).
    program.stdin.write(
      String.raw`\! sed 's/correct horse/another/' $PGPASSFILE > $PGPASSFILE.new && chmod 600 $PGPASSFILE.new && mv $PGPASSFILE.new $PGPASSFILE` +
        '\n',
    );
    program.stdin.end("\\c\nSELECT 'second';\n");
    assert.equal((await program.end()).status, 0, program.stderr.text);
    assert.match(program.stdout.text, /second/);
  });

  it('signs in as the master user with a secret that names no user', async (t) => {
    if (!postgres.isHere(t)) return;
    const desk = await postgres.start(t, { masterUser: 'app' }, WITH_SECRET);
    desk.server.setPassword('app', PASSWORD);
    const args = [...withAuthority(desk), '--secret', 'orders', '--', ...postgres.whoAmI];
    const ran = await desk.end(args);
    assert.deepEqual([ran.status, ran.stdout], [0, 'app\n'], ran.stderr);
  });

  it('signs in to an instance with the secret that AWS keeps for its cluster', async (t) => {
    if (!postgres.isHere(t)) return;
    const cluster: LocalDatabase = {
      ...{ name: 'orders-all', service: 'rds', kind: 'cluster', engine: 'aurora-postgresql' },
      ...{ masterUser: 'app', masterSecretArn: 'orders' },
    };
    const desk = await postgres.start(
      t,
      { engine: 'aurora-postgresql', masterUser: 'app', cluster: cluster.name },
      { ...WITH_SECRET, others: [cluster] },
    );
    desk.server.setPassword('app', PASSWORD);
    const ran = await desk.end([...withAuthority(desk), '--', ...postgres.whoAmI]);
    assert.deepEqual([ran.status, ran.stdout], [0, 'app\n'], ran.stderr);
  });

  it('reads the password of the secret, not that of the options file of the user: mariadb', async (t) => {
    if (!mariaDb.isHere(t)) return;
    const desk = await mariaDb.start(t, {}, WITH_SECRET);
    desk.server.setPassword('app', PASSWORD);
    const own = '[client]\npassword=wrong\nssl-verify-server-cert\n[mysql]\npassword=wrong\n';
    writeFileSync(join(desk.directory, '.my.cnf'), `${own}skip-column-names\n`);
    const ran = await desk.end([
      ...withAuthority(desk),
      ...[...SECRET, '--', '-e', "SELECT substring_index(user(), '@', 1)"],
    ]);
    // The other options count.
    assert.deepEqual([ran.status, ran.stdout], [0, 'app\n'], ran.stderr);
  });

  it('verifies a server by the authorities of the system, without --ca', async (t) => {
    for (const system of [postgres, redis]) {
      if (!system.isHere(t)) return;
      const desk = await system.start(t, {}, WITH_SECRET);
      desk.server.setPassword('app', PASSWORD);
      const [, bundle = ''] = withAuthority(desk);
      // It is where OpenSSL looks for the store of the system (SSL_CTX_set_default_verify_paths(3)).
      const ran = await desk.end([...SECRET, '--', ...system.whoAmI], { SSL_CERT_FILE: bundle });
      assert.deepEqual([ran.status, ran.stdout], [0, 'app\n'], ran.stderr);
    }
  });

  it('connects to the address of this machine that the environment names', async (t) => {
    if (!redis.isHere(t)) return;
    const desk = await redis.start(t, {}, WITH_SECRET);
    desk.server.setPassword('app', PASSWORD);
    for (const address of ['127.0.0.2', '0.0.0.0']) {
      const args = [...withAuthority(desk), ...SECRET, '--', 'ACL', 'WHOAMI'];
      const ran = await desk.end(args, { SSM_PLUGIN_LOCAL_HOST: address });
      assert.deepEqual([ran.status, ran.stdout], [0, 'app\n'], ran.stderr);
    }
  });

  it('connects without TLS where AWS describes a cache so, which is printed', async (t) => {
    if (!redis.isHere(t)) return;
    const engine = { engine: 'redis', service: 'elasticache', kind: 'cluster' } as const;
    const startPlain = (): ReturnType<typeof startSecureRedis> => startSecureRedis(t, undefined);
    const desk = await startDesk(t, { ...engine, tls: 'off' }, startPlain);
    const ran = await desk.end(['--', 'PING']);
    assert.deepEqual([ran.status, ran.stdout], [0, 'PONG\n'], ran.stderr);
    assert.match(
      ran.stderr,
      /has no TLS: the connection from the node to it is not encrypted\.\n$/,
    );
  });

  it('is not waited for any longer after Ctrl-C, while the server does not answer', async (t) => {
    if (!requireTools(t, OPENSSL, PSQL)) return;
    const connected = createDeferred<undefined>();
    const silent = await startService(t, () => connected.resolve(undefined));
    const server = { address: '127.0.0.1', port: silent.port, setPassword: () => undefined };
    const desk = await startDesk(t, {}, () => Promise.resolve(server));
    const program = startCommand(t, desk, ['db', 'connect', 'orders']);
    await connected.promise;
    program.kill('SIGINT');
    assert.equal((await program.end()).status, 130);
    assert.deepEqual(desk.left(), []);
  });

  it('is reported as missing with what to install, before a session is started', async (t) => {
    if (!requireTools(t, OPENSSL)) return;
    const server = { address: '127.0.0.1', port: 1, setPassword: () => undefined };
    const desk = await startDesk(t, {}, () => Promise.resolve(server));
    const program = startCommand(t, desk, ['db', 'connect', 'orders'], {
      env: { PATH: join(desk.directory, 'bin') },
    });
    const { status, stderr } = await outcomeOf(program);
    assert.equal(status, 255);
    assert.match(
      stderr,
      /: No client for orders is on PATH \(looked for psql\)\. Install postgresql-client \(apt\)/,
    );
    assert.ok(!stderr.includes('Forwarding'));
    assert.equal(desk.aws.sessions.length, 0);
  });
});
