import type { TestContext } from 'node:test';
import type { LocalDatabase } from '../../../../local-aws/local-aws.ts';
import type { ServerCertificate } from '../../../../network/certificate-authority.ts';
import { requireTools } from '../../../../support/require-tools.ts';
import { MARIADB, MARIADBD, OPENSSL, REDIS_CLI, REDIS_SERVER } from '../../../../support/tools.ts';
import { requirePostgres } from '../../../port/support/postgresql/require-postgresql.ts';
import { HOST, startDesk, type ClientRun, type DatabaseDesk, type DeskOptions } from './connect.ts';
import {
  startSecureMariaDb,
  startSecurePostgres,
  startSecureRedis,
  type SecureServer,
} from './servers.ts';

/** A database system, its client, and how a client asks who it is. */
export interface System {
  readonly name: string;
  readonly program: string;
  /** Whether the test can run here. */
  readonly isHere: (t: TestContext) => boolean;
  readonly startServer: (t: TestContext, certificate: ServerCertificate) => Promise<SecureServer>;
  /** Starts a server, and an account that has it. */
  readonly start: (
    t: TestContext,
    database?: Partial<LocalDatabase>,
    options?: DeskOptions,
  ) => Promise<DatabaseDesk>;
  readonly whoAmI: readonly string[];
  /** Prints `runs`, and then does not end. */
  readonly running: readonly string[];
  /** What the client ends with and prints for a wrong password. */
  readonly refused: readonly [status: number, text: RegExp];
  /** What the program prints about the name. */
  readonly notice: string;
  /** The file with the password. */
  readonly passwordFile: string | undefined;
  readonly passwordOf: (run: ClientRun) => string;
}

const SYSTEMS: readonly Omit<System, 'notice'>[] = [
  {
    ...{ name: 'PostgreSQL', program: 'psql' },
    isHere: (t) => requirePostgres(t) !== undefined,
    startServer: startSecurePostgres,
    start: (t, database, options) =>
      startDesk(t, { engine: 'postgres', ...database }, startSecurePostgres, options),
    whoAmI: ['-Atc', 'SELECT current_user'],
    running: ['-Atc', "SELECT 'runs'", '-c', 'SELECT pg_sleep(1000)'],
    refused: [2, /password authentication failed for user "app"/],
    passwordFile: 'pgpass',
    // A field has no other colons.
    passwordOf: ({ files }) =>
      (/:app:(.*)\n$/.exec(files['pgpass']?.[1] ?? '')?.[1] ?? '').replace(/\\(.)/g, '$1'),
  },
  {
    ...{ name: 'MariaDB', program: 'mariadb' },
    isHere: (t) => requireTools(t, MARIADB, MARIADBD),
    startServer: startSecureMariaDb,
    start: (t, database, options) =>
      startDesk(t, { engine: 'mariadb', ...database }, startSecureMariaDb, options),
    whoAmI: ['-Ne', "SELECT substring_index(user(), '@', 1)"],
    running: ['-nNe', "SELECT 'runs'; SELECT sleep(1000)"],
    refused: [1, /Access denied for user 'app'/],
    passwordFile: 'client.cnf',
    passwordOf: ({ files }) => /password="(.*)"\n$/.exec(files['client.cnf']?.[1] ?? '')?.[1] ?? '',
  },
  {
    ...{ name: 'Redis', program: 'redis-cli' },
    isHere: (t) => requireTools(t, REDIS_CLI, REDIS_SERVER),
    startServer: startSecureRedis,
    start: (t, database, options) =>
      startDesk(
        t,
        {
          ...{ engine: 'redis', service: 'elasticache', kind: 'cluster', tls: 'required' },
          ...database,
        },
        startSecureRedis,
        options,
      ),
    whoAmI: ['ACL', 'WHOAMI'],
    running: ['-r', '-1', '-i', '1', 'ECHO', 'runs'],
    refused: [0, /WRONGPASS/],
    // It reads no file.
    passwordFile: undefined,
    passwordOf: ({ env }) => env['REDISCLI_AUTH'] ?? '',
  },
];

/** The systems that the tests have servers of. */
export const DATABASE_SYSTEMS: readonly System[] = SYSTEMS.map((system) => ({
  ...system,
  isHere: (t) => requireTools(t, OPENSSL) && system.isHere(t),
  notice:
    system.name === 'PostgreSQL'
      ? ''
      : `The certificate of ${HOST} is valid for this name. ${system.program} itself does not verify the name.\n`,
}));

/** @param name - of one of them */
export function databaseSystem(name: string): System {
  const found = DATABASE_SYSTEMS.find((system) => system.name === name);
  if (found === undefined) throw new Error(`no such system: ${name}`);
  return found;
}
