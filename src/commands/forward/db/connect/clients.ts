import type { Database, DatabaseFamily } from '../../../../aws/databases.ts';
import { databaseClientFailures } from '../../../../failures/database-clients.ts';
import { findProgram } from '../../../../lib/find-program.ts';
import { CommandError, type CommandContext } from '../../../../cli/framework/command-context.ts';
import { mongosh, psql, redisCli, type ClientStart } from './client-start.ts';
import { mysql } from './mysql-start.ts';

/** A client that this command starts. */
export interface DatabaseClient {
  readonly program: string;
  /** How it is started. */
  readonly start: ClientStart;
  /** Whether it can verify the name of the database although it connects to a local address. */
  readonly verifiesName: boolean;
  /** Whether it takes a password other than as an argument, which other users can see. */
  readonly takesPassword: boolean;
  /** Whether it reads a password again when it connects again. */
  readonly readsAgain: boolean;
}

/** The clients of a family, the preferred ones first. */
interface ClientFamily {
  readonly clients: readonly DatabaseClient[];
  /** The packages that contain such a client. */
  readonly packages: string;
}

const BY_ADDRESS = { verifiesName: false, takesPassword: true, readsAgain: false } as const;
const PSQL: ClientFamily = {
  clients: [
    { program: 'psql', start: psql, verifiesName: true, takesPassword: true, readsAgain: true },
  ],
  packages: 'postgresql-client (apt), postgresql (dnf) or libpq (brew)',
};

/** @param engine - as its service names it: its own client is preferred */
function clientsFor({
  family,
  engine,
}: Pick<Database, 'family' | 'engine'>): ClientFamily | undefined {
  const families: Partial<Record<DatabaseFamily, ClientFamily>> = {
    postgres: PSQL,
    redshift: PSQL,
    mysql: {
      clients: preferred(engine === 'mariadb', ['mariadb', 'mysql']).map((program) => ({
        ...BY_ADDRESS,
        program,
        start: mysql,
      })),
      packages: 'mariadb-client (apt), mariadb (dnf) or mysql-client (brew)',
    },
    redis: {
      clients: preferred(engine === 'valkey', ['valkey-cli', 'redis-cli']).map((program) => ({
        ...BY_ADDRESS,
        program,
        start: redisCli,
      })),
      packages: 'redis-tools (apt), valkey (dnf) or redis (brew)',
    },
    docdb: {
      clients: [{ ...BY_ADDRESS, program: 'mongosh', start: mongosh, takesPassword: false }],
      packages: 'mongosh (https://www.mongodb.com/docs/mongodb-shell/install/)',
    },
  };
  return families[family];
}

function preferred(isFirst: boolean, programs: readonly string[]): readonly string[] {
  return isFirst ? programs : programs.toReversed();
}

/**
 * The client that the user has named, or the preferred one of those on PATH.
 *
 * @throws CommandError when there is none
 */
export function findClient(
  { env, platform }: Pick<CommandContext, 'env' | 'platform'>,
  database: Pick<Database, 'name' | 'family' | 'engine'>,
  wanted: string | undefined,
): DatabaseClient {
  const { name, engine } = database;
  const found = clientsFor(database);
  if (found === undefined)
    throw new CommandError(databaseClientFailures['database-client-none'](name, engine));
  const programs = found.clients.map(({ program }) => program);
  const candidates = found.clients.filter(
    ({ program }) => wanted === undefined || program === wanted,
  );
  if (wanted !== undefined && candidates.length === 0)
    throw new CommandError(
      databaseClientFailures['database-client-unknown'](wanted, name, programs),
    );
  const client = candidates.find(
    ({ program }) => findProgram(program, env, platform) !== undefined,
  );
  if (client !== undefined) return client;
  throw new CommandError(
    databaseClientFailures['database-client-missing'](
      name,
      candidates.map(({ program }) => program),
      found.packages,
    ),
  );
}
