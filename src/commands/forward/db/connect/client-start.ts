import type { BesideProgram } from '../../beside-program.ts';

/** What the user is recognized by. */
export type Credential =
  /** The client asks for a password, if it can. */
  | { readonly kind: 'asked' }
  | { readonly kind: 'password'; readonly text: string }
  /** An IAM token, which the database takes as a password. */
  | { readonly kind: 'token'; readonly text: string };

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
  readonly credential: Credential;
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

/** The command line of a client, and the variables for its environment. */
export type ClientCommand = Pick<BesideProgram, 'command' | 'variables'>;

type ClientVariables = ClientCommand['variables'];

/** Makes the command of a client. Its arguments contain no secret. */
export type ClientStart = (place: ClientPlace) => ClientCommand | Promise<ClientCommand>;

/**
 * libpq takes the name and the address of a server apart (PostgreSQL, "Parameter Key Words", `host` and `hostaddr`). A
 * service would have precedence over these variables, and encryption by Kerberos over TLS.
 */
export const psql: ClientStart = (place) => {
  const { program, host, address, port, user, databaseName, authorities = '' } = place;
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
      ...passwordVariables(place),
    },
  };
};

function passwordVariables({ host, port, user, credential, write }: ClientPlace): ClientVariables {
  if (credential.kind === 'asked') return {};
  const fields = [host, String(port), '*', user, credential.text];
  const file = write('pgpass', `${fields.map(inPasswordFile).join(':')}\n`);
  return { PGPASSWORD: undefined, PGPASSFILE: file };
}

/** PostgreSQL, "The Password File". */
function inPasswordFile(field: string): string {
  return field === '*' ? field : field.replace(/[\\:]/g, '\\$&');
}

/** redis-cli and valkey-cli verify the chain, but no name (tried with 7.0). */
export const redisCli: ClientStart = (place) => {
  const { program, host, address, port, user, credential, authorities, isInTerminal, env } = place;
  const isAsked = credential.kind === 'asked';
  const asks = isAsked && user !== '' && isInTerminal && env['REDISCLI_AUTH'] === undefined;
  return {
    command: [
      ...[program, '-h', address, '-p', String(port)],
      ...(authorities === undefined ? [] : ['--tls', '--cacert', authorities, '--sni', host]),
      ...(user === '' ? [] : ['--user', user]),
      ...(asks ? ['--askpass'] : []),
    ],
    variables: isAsked ? {} : { REDISCLI_AUTH: credential.text, VALKEYCLI_AUTH: undefined },
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
