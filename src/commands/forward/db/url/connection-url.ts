import type { Database, DatabaseFamily } from '../../../../aws/databases.ts';
import { endpointText } from '../../../../lib/endpoint-text.ts';

/** A database that is reached at a local port. */
export interface LocalEnd {
  readonly database: Database;
  /** By default 127.0.0.1. */
  readonly address?: string;
  readonly port: number;
  /** Who signs in; undefined for the master user. */
  readonly user: string | undefined;
  /** File with the CA certificates of the database; undefined to verify no certificate. */
  readonly ca: string | undefined;
}

/** How programs find a database of a family. */
interface UrlForm {
  readonly scheme: string;
  /** The variable that programs for it read, beside those of its own client. */
  readonly variable: string;
  /** The database when none was created with it; undefined where a path has another meaning, or none. */
  readonly database?: string;
  /** Whether the master user is in it. */
  readonly hasUser?: true;
  readonly query?: (ca: string | undefined) => Readonly<Record<string, string>>;
}

const LOOPBACK = '127.0.0.1';
const DATABASE_URL = 'DATABASE_URL';

/** libpq, "Parameter Key Words": the name in the certificate is that of the endpoint, and not in this URL. */
const postgres = (database: string): UrlForm => ({
  ...{ scheme: 'postgresql', variable: DATABASE_URL, database, hasUser: true },
  query: (ca) =>
    ca === undefined ? { sslmode: 'require' } : { sslmode: 'verify-ca', sslrootcert: ca },
});

const FORMS: Readonly<Record<DatabaseFamily, UrlForm>> = {
  // RDS always makes this database (RDS user guide, "Creating and connecting to a PostgreSQL DB instance").
  postgres: postgres('postgres'),
  redshift: postgres('dev'),
  mysql: {
    ...{ scheme: 'mysql', variable: DATABASE_URL, database: '', hasUser: true },
    // MySQL reference manual, "Connecting to the Server Using URI-Like Strings".
    query: (ca) =>
      ca === undefined ? { 'ssl-mode': 'REQUIRED' } : { 'ssl-mode': 'VERIFY_CA', 'ssl-ca': ca },
  },
  redis: { scheme: 'rediss', variable: 'REDIS_URL' },
  memcached: { scheme: 'memcached', variable: 'MEMCACHED_URL' },
  opensearch: { scheme: 'https', variable: 'OPENSEARCH_URL' },
  docdb: {
    ...{ scheme: 'mongodb', variable: 'MONGODB_URI', database: '', hasUser: true },
    // DocumentDB developer guide, "Connecting to an Amazon DocumentDB cluster from outside an Amazon VPC".
    query: (ca) => ({
      ...{ tls: 'true', tlsAllowInvalidHostnames: 'true' },
      ...(ca === undefined ? {} : { tlsCAFile: ca }),
      ...{ directConnection: 'true', retryWrites: 'false' },
    }),
  },
  neptune: { scheme: 'https', variable: 'NEPTUNE_URL' },
  oracle: { scheme: 'oracle', variable: DATABASE_URL, database: '', hasUser: true },
  sqlserver: { scheme: 'sqlserver', variable: DATABASE_URL, hasUser: true },
  db2: { scheme: 'db2', variable: DATABASE_URL, database: '', hasUser: true },
  other: { scheme: 'tcp', variable: DATABASE_URL },
};

/** The URL of a database at a local port, for programs; without a password. */
export function connectionUrl({ database, address = LOOPBACK, port, user, ca }: LocalEnd): string {
  const form = FORMS[database.family];
  const name = user ?? (form.hasUser === true ? database.masterUser : '');
  const before = name === '' ? '' : `${encodeURIComponent(name)}@`;
  const path =
    form.database === undefined
      ? ''
      : `/${encodeURIComponent(database.databaseName || form.database)}`;
  // libpq reads no + as a blank.
  const query = Object.entries(form.query?.(ca) ?? {})
    .map(([key, value]) => `${key}=${encodeURIComponent(value)}`)
    .join('&');
  // A cache without TLS accepts only connections without it.
  const isPlain = database.family === 'redis' && database.tls === 'off';
  const scheme = isPlain ? 'redis' : form.scheme;
  return `${scheme}://${before}${endpointText(address, port)}${path}${query === '' ? '' : `?${query}`}`;
}

/** The variables with which clients find the database. They contain no password. */
export function connectionVariables(end: LocalEnd): Readonly<Record<string, string>> {
  const { database, address = LOOPBACK, port, user = database.masterUser, ca } = end;
  const url = { [FORMS[database.family].variable]: connectionUrl(end) };
  switch (database.family) {
    case 'postgres':
    case 'redshift':
      // libpq, "Environment Variables": with both, the name is checked and the address is used.
      return {
        ...{ PGHOST: database.host, PGHOSTADDR: address, PGPORT: String(port) },
        ...(ca === undefined
          ? { PGSSLMODE: 'require' }
          : { PGSSLMODE: 'verify-full', PGSSLROOTCERT: ca }),
        ...(user === '' ? {} : { PGUSER: user }),
        PGDATABASE: database.databaseName || (FORMS[database.family].database ?? ''),
        ...url,
      };
    case 'mysql':
      // MySQL reference manual, "Environment Variables".
      return { MYSQL_HOST: address, MYSQL_TCP_PORT: String(port), ...url };
    default:
      return url;
  }
}
