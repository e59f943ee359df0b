import { randomInt } from 'node:crypto';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import type { ServerCertificate } from '../../../../network/certificate-authority.ts';
import { childEnded, execFileSync, spawn } from '../../../../support/child-process.ts';
import {
  findPostgres,
  DATABASE_USER,
  startPostgres,
} from '../../../port/support/postgresql/postgresql.ts';
import { startService } from '../../../port/support/target-service.ts';
import { createTranscript } from '../../../support/transcript.ts';

/** A database with TLS, on the target. */
export interface SecureServer {
  readonly address: string;
  readonly port: number;
  /** Gives a user, who is made when it does not exist, this password. */
  setPassword(user: string, password: string): void;
}

/** An address of this machine that nothing else uses (RFC 1122, section 3.2.1.3): these servers cannot let the system choose a port. */
function ownAddress(): string {
  return ['127', ...Array.from({ length: 3 }, () => randomInt(1, 255))].join('.');
}

/** @param certificate - of the server */
export async function startSecurePostgres(
  t: TestContext,
  certificate: ServerCertificate,
): Promise<SecureServer> {
  const programs = findPostgres();
  if (programs === undefined) throw new Error('PostgreSQL is not installed');
  const place = { address: ownAddress(), port: 5432 };
  const { directory } = await startPostgres(t, programs, {
    secure: { ...place, ...certificate },
  });
  return {
    ...place,
    setPassword(user, password) {
      const quoted = password.replaceAll("'", "''");
      const exists = `EXISTS (SELECT FROM pg_roles WHERE rolname = '${user}')`;
      const create = `SELECT 'CREATE ROLE "${user}" LOGIN' WHERE NOT ${exists} \\gexec\n`;
      execFileSync(
        'psql',
        ['--no-psqlrc', '--quiet', `--host=${directory}`, `--username=${DATABASE_USER}`],
        { input: `${create}ALTER ROLE "${user}" PASSWORD '${quoted}';` },
      );
    },
  };
}

/** @param certificate - of the server */
export async function startSecureMariaDb(
  t: TestContext,
  certificate: ServerCertificate,
): Promise<SecureServer> {
  const { address, directory, files } = place(t, 'mariadb', certificate);
  const data = join(directory, 'data');
  const own = process.getuid?.() === 0 ? ['--user=root'] : [];
  execFileSync(
    'mariadb-install-db',
    [
      ...['--no-defaults', `--datadir=${data}`, '--auth-root-authentication-method=normal'],
      ...['--skip-test-db', ...own],
    ],
    { stdio: 'ignore' },
  );
  const socket = join(directory, 'socket');
  await start(t, directory, 'ready for connections', [
    ...['/usr/sbin/mariadbd', '--no-defaults', ...own, `--datadir=${data}`, `--socket=${socket}`],
    ...['--port=3306', `--bind-address=${address}`, '--skip-name-resolve'],
    ...[`--ssl-cert=${files.cert}`, `--ssl-key=${files.key}`],
    `--pid-file=${join(directory, 'pid')}`,
  ]);
  return {
    ...{ address, port: 3306 },
    setPassword(user, password) {
      const quoted = password.replace(/[\\']/g, '\\$&');
      execFileSync('mariadb', ['--no-defaults', `--socket=${socket}`, '--user=root'], {
        input: `CREATE OR REPLACE USER '${user}'@'%' IDENTIFIED BY '${quoted}' REQUIRE SSL;`,
      });
    },
  };
}

/** @param certificate - of the server; undefined for one without TLS */
export async function startSecureRedis(
  t: TestContext,
  certificate: ServerCertificate | undefined,
): Promise<SecureServer> {
  const { address, directory, files } = place(t, 'redis', certificate);
  const socket = join(directory, 'socket');
  const secure = ['--port', '0', '--tls-port', '6379', '--tls-auth-clients', 'no'];
  await start(t, directory, 'Ready to accept connections', [
    ...['redis-server', '--bind', address, '--unixsocket', socket, '--save', ''],
    ...(certificate === undefined
      ? ['--port', '6379', '--protected-mode', 'no']
      : [
          ...secure,
          ...['--tls-cert-file', files.cert, '--tls-key-file', files.key],
          ...['--tls-ca-cert-file', files.cert],
        ]),
  ]);
  return {
    ...{ address, port: 6379 },
    setPassword(user, password) {
      execFileSync(
        'redis-cli',
        ['-s', socket, 'ACL', 'SETUSER', user, 'on', 'resetpass', `>${password}`, '~*', '+@all'],
        { stdio: 'ignore' },
      );
    },
  };
}

/** @returns a port of 127.0.0.1, as forwarded ones are, for a server */
export async function relayTo(t: TestContext, { address, port }: SecureServer): Promise<number> {
  const relay = await startService(t, (socket) => {
    const server = connect({ host: address, port, allowHalfOpen: true });
    server.on('error', () => socket.destroy());
    socket.on('close', () => server.destroy());
    socket.pipe(server).pipe(socket);
  });
  return relay.port;
}

function place(
  t: TestContext,
  name: string,
  certificate: ServerCertificate | undefined,
): {
  readonly address: string;
  readonly directory: string;
  readonly files: { readonly cert: string; readonly key: string };
} {
  // Short enough for the path of a socket.
  const directory = mkdtempSync(join(tmpdir(), `${name}-`));
  t.after(() => rmSync(directory, { recursive: true, force: true }));
  mkdirSync(join(directory, 'data'));
  const files = { cert: join(directory, 'cert.pem'), key: join(directory, 'key.pem') };
  writeFileSync(files.cert, certificate?.cert ?? '');
  writeFileSync(files.key, certificate?.key ?? '', { mode: 0o600 });
  return { address: ownAddress(), directory, files };
}

/** Starts a server, until it prints that it is ready. */
async function start(
  t: TestContext,
  directory: string,
  ready: string,
  [program = '', ...args]: readonly string[],
): Promise<void> {
  const server = spawn(program, args, { cwd: directory, stdio: ['ignore', 'pipe', 'pipe'] });
  const log = createTranscript(`the log of ${program}`);
  for (const stream of [server.stdout, server.stderr]) {
    stream.on('data', (bytes: Buffer) => log.push(bytes));
  }
  const closed = childEnded(server).then(() => log.close());
  t.after(async () => {
    server.kill('SIGTERM');
    await closed;
  });
  await log.until('readiness', (text) => text.includes(ready));
}
