import { chownSync, existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import type { ServerCertificate } from '../../../../network/certificate-authority.ts';
import { createTranscript } from '../../../support/transcript.ts';
import { startService } from '../target-service.ts';
import { childEnded, execFileSync, spawn } from '../../../../support/child-process.ts';

/** A PostgreSQL server on the target. */
export interface PostgresServer {
  readonly port: number;
  /** Of its own socket, by which everyone is trusted. */
  readonly directory: string;
}

/** How a server is started. */
export interface PostgresOptions {
  /** Where it listens for itself, with TLS: its users need their passwords there. */
  readonly secure?: { readonly address: string; readonly port: number } & ServerCertificate;
}

/** The superuser of every database server that the tests start. */
export const DATABASE_USER = 'postgres';

/** Where Debian installs the programs of each version. */
const VERSIONS = '/usr/lib/postgresql';
const READY = 'database system is ready to accept connections';
/** The server's own socket in its directory; the number is part of the name only. */
const SOCKET = '.s.PGSQL.5432';

/** The programs of the newest version; undefined when the server is not installed. */
export function findPostgres(): string | undefined {
  const [newest] = existsSync(VERSIONS)
    ? readdirSync(VERSIONS)
        .map(Number)
        .filter((version) => existsSync(join(VERSIONS, String(version), 'bin', 'initdb')))
        .sort((a, b) => b - a)
    : [];
  return newest === undefined ? undefined : join(VERSIONS, String(newest), 'bin');
}

/** Starts an empty database server for one test. @param programs - of {@link findPostgres} */
export async function startPostgres(
  t: TestContext,
  programs: string,
  { secure }: PostgresOptions = {},
): Promise<PostgresServer> {
  const identity = serverIdentity();
  const directory = mkdtempSync(join(tmpdir(), 'postgresql-'));
  const own = (path: string): void => {
    if (identity !== undefined) chownSync(path, identity.uid, identity.gid);
  };
  own(directory);
  const data = join(directory, 'data');
  execFileSync(
    join(programs, 'initdb'),
    [
      ...['-D', data, '-U', DATABASE_USER, '--no-sync', '--encoding=UTF8', '--locale=C'],
      ...['--auth-local=trust', `--auth-host=${secure === undefined ? 'trust' : 'scram-sha-256'}`],
    ],
    { ...identity, cwd: directory, stdio: 'ignore' },
  );
  const settings = [
    `listen_addresses=${secure?.address ?? ''}`,
    `unix_socket_directories=${directory}`,
    'fsync=off',
  ];
  if (secure !== undefined) {
    for (const [name, text] of [
      ['server.crt', secure.cert],
      ['server.key', secure.key],
    ] as const) {
      writeFileSync(join(data, name), text, { mode: 0o600 });
      own(join(data, name));
    }
    settings.push('ssl=on', `port=${secure.port}`);
  }
  const server = spawn(
    join(programs, 'postgres'),
    ['-D', data, ...settings.flatMap((setting) => ['-c', setting])],
    { ...identity, cwd: directory, stdio: ['ignore', 'ignore', 'pipe'] },
  );
  const log = createTranscript('the log of PostgreSQL');
  server.stderr.on('data', (bytes: Buffer) => log.push(bytes));
  const closed = childEnded(server).then(() => log.close());
  t.after(async () => {
    // A fast shutdown: the server ends connections and closes data files.
    server.kill('SIGINT');
    await closed;
    rmSync(directory, { recursive: true, force: true });
  });
  await log.until('readiness', (text) => text.includes(READY));
  if (secure !== undefined) return { port: secure.port, directory };
  // The system cannot choose a TCP port for this server, but for a relay.
  const relay = await startService(t, (socket) => {
    const database = connect({ path: join(directory, SOCKET), allowHalfOpen: true });
    database.on('error', () => socket.destroy());
    socket.on('close', () => database.destroy());
    socket.pipe(database).pipe(socket);
  });
  return { port: relay.port, directory };
}

/** The server refuses to run as root; the Debian package creates a user for it. */
function serverIdentity(): { readonly uid: number; readonly gid: number } | undefined {
  if (process.getuid?.() !== 0) return undefined;
  const idOf = (option: string): number =>
    Number(execFileSync('id', [option, 'postgres'], { encoding: 'utf8' }));
  return { uid: idOf('-u'), gid: idOf('-g') };
}
