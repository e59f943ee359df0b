import { execFile } from 'node:child_process';
import { accessSync, constants } from 'node:fs';
import { expandHome } from '../../../../aws/shared-files/file-paths.ts';
import { environmentForPrograms, findProgram } from '../../../../lib/find-program.ts';
import type { ClientPlace, ClientStart } from './client-start.ts';

/** Files of options that both clients read by default (`mysql --help`). The file of the user is read later than others, so it comes first here. */
const OPTION_FILES = ['/etc/my.cnf', '/etc/mysql/my.cnf', '~/.my.cnf'];
/** What MariaDB's client prints as its version (tried with 10.11). */
const MARIADB_VERSION = /(\d+)\.(\d+)\.\d+-MariaDB/;
/** From this version on, MariaDB's client has an option that verifies the chain, but not the name for a local address. */
const VERIFIES_LOCAL_CHAIN = [11, 4] as const;
/** No client needs long to print its version, and a client that hangs must not hang this program. */
const VERSION_LIMIT_MS = 10_000;

/** The clients of MySQL and MariaDB, which take the same arguments, but for the verification of a server. */
export const mysql: ClientStart = async (place) => {
  const { address, port, user, databaseName, credential, authorities, isInTerminal, env } = place;
  const version = await readVersion(place);
  const isAsked = credential.kind === 'asked';
  const file = isAsked ? undefined : place.write('client.cnf', optionFile(credential.text, env));
  return {
    command: [
      place.program,
      // Only as the first argument.
      ...(file === undefined ? [] : [`--defaults-file=${file}`]),
      ...['--protocol=TCP', `--host=${address}`, `--port=${port}`],
      ...(user === '' ? [] : [`--user=${user}`]),
      ...(isAsked && isInTerminal && env['MYSQL_PWD'] === undefined ? ['--password'] : []),
      ...(databaseName === '' ? [] : [`--database=${databaseName}`]),
      ...(authorities === undefined
        ? []
        : [`--ssl-ca=${authorities}`, ...verification(version, credential.kind === 'token')]),
    ],
    variables: {
      // Turns verification off in MariaDB Connector/C.
      MARIADB_TLS_DISABLE_PEER_VERIFICATION: undefined,
      // A file of MySQL's, which would have precedence.
      ...(file === undefined ? {} : { MYSQL_TEST_LOGIN_FILE: `${file}.login` }),
    },
  };
};

/**
 * Both clients can verify only the name that they connect to, so here they verify only the chain. MySQL's client has a mode for
 * that. MariaDB's does it with CA certificates (tried with 10.11; MariaDB Connector/C, `is_local_connection` in my_auth.c).
 */
function verification(version: string, hasToken: boolean): readonly string[] {
  const mariaDb = MARIADB_VERSION.exec(version);
  if (mariaDb === null)
    return ['--ssl-mode=VERIFY_CA', ...(hasToken ? ['--enable-cleartext-plugin'] : [])];
  const [, major = 0, minor = 0] = mariaDb.map(Number);
  const [first, ofFirst] = VERIFIES_LOCAL_CHAIN;
  const verifies = major > first || (major === first && minor >= ofFirst);
  return [verifies ? '--ssl-verify-server-cert' : '--disable-ssl-verify-server-cert'];
}

/** Reads the default files, then the password: the last value has precedence (MySQL, "Using Option Files"). */
function optionFile(password: string, env: ClientPlace['env']): string {
  const included = OPTION_FILES.map((path) => expandHome(path, env))
    .filter(isReadable)
    .map((path) => `!include ${path}`);
  const quoted = password.replace(/[\\"]/g, '\\$&');
  return [...included, '[client]', `password="${quoted}"`, ''].join('\n');
}

/** The version that a client of MySQL or MariaDB prints; its name when it prints none. */
function readVersion({
  program,
  env,
  platform,
}: Pick<ClientPlace, 'program' | 'env' | 'platform'>): Promise<string> {
  const path = findProgram(program, env, platform) ?? program;
  const options = { env: environmentForPrograms(env), timeout: VERSION_LIMIT_MS };
  return new Promise((resolve) => {
    // Its settings do not matter here, and may be wrong.
    execFile(path, ['--no-defaults', '--version'], options, (error, stdout) =>
      resolve(error === null ? stdout : program),
    );
  });
}

/** Whether this user may read a file. */
function isReadable(path: string): boolean {
  try {
    accessSync(path, constants.R_OK);
    return true;
  } catch {
    return false;
  }
}
