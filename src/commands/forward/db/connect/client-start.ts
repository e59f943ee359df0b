import { homedir } from 'node:os';
import type { BesideProgram } from '../../beside-program.ts';
import { isReadable, readVersion } from './client-version.ts';

/** What a client is started with. */
export interface ClientPlace {
  readonly program: string;
  /** The name of the database's endpoint, which its certificate has. */
  readonly host: string;
  /** The local address and port that are forwarded to it. */
  readonly address: string;
  readonly port: number;
  /** Empty for the one that the client chooses. */
  readonly user: string;
  /** Undefined for one that the client asks for, if it can. */
  readonly password: string | undefined;
  readonly isToken: boolean;
  /** The database within the server; empty for the default one. */
  readonly databaseName: string;
  /** The file with the CA certificates; undefined if the server has no TLS. */
  readonly authorities: string | undefined;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly platform: NodeJS.Platform;
  /** Whether a person can be asked. */
  readonly isInTerminal: boolean;
  /** Writes a file that only this user may read; with the same name, replaces it. @returns its path */
  readonly write: (name: string, text: string) => string;
}

/** Makes the command of a client. Its arguments contain no secret. */
export type ClientStart = (
  place: ClientPlace,
) =>
  | Pick<BesideProgram, 'command' | 'variables'>
  | Promise<Pick<BesideProgram, 'command' | 'variables'>>;

/**
 * libpq takes the name and the address of a server apart (PostgreSQL, "Parameter Key Words", `host` and `hostaddr`). A
 * service would have precedence over these variables, and encryption by Kerberos over TLS.
 */
export const psql: ClientStart = ({
  program,
  host,
  address,
  port,
  user,
  databaseName,
  ...place
}) => {
  const { password, authorities = '', write } = place;
  return {
    command: [program],
    variables: {
      PGHOST: host,
      PGHOSTADDR: address,
      PGPORT: String(port),
      PGDATABASE: databaseName === '' ? 'postgres' : databaseName,
      PGSSLMODE: 'verify-full',
      PGSSLROOTCERT: authorities,
      PGGSSENCMODE: 'disable',
      PGSERVICE: undefined,
      ...(user === '' ? {} : { PGUSER: user }),
      ...(password === undefined
        ? {}
        : {
            PGPASSWORD: undefined,
            PGPASSFILE: write(
              'pgpass',
              `${[host, String(port), '*', user || '*', password].map(inPasswordFile).join(':')}\n`,
            ),
          }),
    },
  };
};

/** PostgreSQL, "The Password File". */
function inPasswordFile(field: string): string {
  return field === '*' ? field : field.replace(/[\\:]/g, '\\$&');
}

/** Files of options that both clients read by default (`mysql --help`). The file of the user is read later than others, so it comes first here. */
const OPTION_FILES = ['/etc/my.cnf', '/etc/mysql/my.cnf', `${homedir()}/.my.cnf`];
/** From this version on, MariaDB's client has an option that verifies the chain, but not the name for a local address. */
const VERIFIES_LOCAL_CHAIN = [11, 4] as const;

/**
 * Both clients can verify only the name that they connect to, so here they verify only the chain. MySQL's client has a mode for
 * that. MariaDB's does it with CA certificates (tried with 10.11; MariaDB Connector/C, `is_local_connection` in my_auth.c).
 */
export const mysql: ClientStart = async ({
  program,
  address,
  port,
  user,
  databaseName,
  ...place
}) => {
  const { password, isToken, authorities, isInTerminal, env, platform, write } = place;
  const version = await readVersion(program, env, platform);
  const mariaDb = /(\d+)\.(\d+)\.\d+-MariaDB/.exec(version);
  const [major, minor] = VERIFIES_LOCAL_CHAIN;
  const verifies =
    Number(mariaDb?.[1]) > major ||
    (Number(mariaDb?.[1]) === major && Number(mariaDb?.[2]) >= minor);
  const verification = mariaDb
    ? [verifies ? '--ssl-verify-server-cert' : '--disable-ssl-verify-server-cert']
    : ['--ssl-mode=VERIFY_CA', ...(isToken ? ['--enable-cleartext-plugin'] : [])];
  const file = password === undefined ? undefined : write('client.cnf', optionFile(password));
  return {
    command: [
      program,
      // Only as the first argument.
      ...(file === undefined ? [] : [`--defaults-file=${file}`]),
      ...['--protocol=TCP', `--host=${address}`, `--port=${port}`],
      ...(user === '' ? [] : [`--user=${user}`]),
      ...(file === undefined && isInTerminal && env['MYSQL_PWD'] === undefined
        ? ['--password']
        : []),
      ...(databaseName === '' ? [] : [`--database=${databaseName}`]),
      ...(authorities === undefined ? [] : [`--ssl-ca=${authorities}`, ...verification]),
    ],
    variables: {
      // Turns verification off in MariaDB Connector/C.
      MARIADB_TLS_DISABLE_PEER_VERIFICATION: undefined,
      // A file of MySQL's, which would have precedence.
      ...(file === undefined ? {} : { MYSQL_TEST_LOGIN_FILE: `${file}.login` }),
    },
  };
};

/** Reads the default files, then the password: the last value has precedence (MySQL, "Using Option Files"). */
function optionFile(password: string): string {
  const included = OPTION_FILES.filter(isReadable).map((path) => `!include ${path}`);
  const quoted = password.replace(/[\\"]/g, '\\$&');
  return [...included, '[client]', `password="${quoted}"`, ''].join('\n');
}

/** redis-cli and valkey-cli verify the chain, but no name (tried with 7.0). */
export const redisCli: ClientStart = ({
  program,
  host,
  address,
  port,
  user,
  password,
  ...place
}) => {
  const { authorities, isInTerminal, env } = place;
  const asks =
    password === undefined && user !== '' && isInTerminal && env['REDISCLI_AUTH'] === undefined;
  return {
    command: [
      ...[program, '-h', address, '-p', String(port)],
      ...(authorities === undefined ? [] : ['--tls', '--cacert', authorities, '--sni', host]),
      ...(user === '' ? [] : ['--user', user]),
      ...(asks ? ['--askpass'] : []),
    ],
    variables: password === undefined ? {} : { REDISCLI_AUTH: password, VALKEYCLI_AUTH: undefined },
  };
};

/** mongosh asks for the password (MongoDB Shell, "Options"). */
export const mongosh: ClientStart = ({ program, address, port, user, authorities = '' }) => ({
  command: [
    ...[program, '--host', address, '--port', String(port)],
    ...['--tls', '--tlsCAFile', authorities, '--tlsAllowInvalidHostnames'],
    // DocumentDB has no retryable writes (DocumentDB Developer Guide, "Functional differences").
    '--retryWrites=false',
    ...(user === '' ? [] : ['--username', user]),
  ],
  variables: {},
});
