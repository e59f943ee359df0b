import type { Database } from '../../../aws/databases.ts';
import { CommandError, type CommandContext } from '../../../cli/framework/command-context.ts';
import { closestMatch } from '../../../cli/invocation/edit-distance.ts';
import { choose } from '../../../cli/prompt/list/choose.ts';
import { canPrompt } from '../../../cli/prompt/prompt.ts';
import type { Place } from '../../../cli/target/places.ts';
import { databaseFailures } from '../../../failures/databases.ts';
import { printable } from '../../../lib/printable.ts';
import {
  DATABASE_COLUMNS,
  findEverywhere,
  namePlaces,
  rowOf,
  type PlacedDatabase,
} from './list-databases.ts';

/**
 * Finds a database by its name, which may have its engine, kind or service before it, or by its endpoint. If several match, the
 * person at the terminal chooses.
 *
 * @param name - undefined to choose among all
 * @throws CommandError when there is none, or it has no endpoint yet, or no person can choose
 * @throws AwsError when nothing can be listed
 */
export async function findDatabase(
  context: CommandContext,
  places: readonly Place[],
  name: string | undefined,
): Promise<PlacedDatabase> {
  if (name === undefined && !canPrompt(context))
    throw new CommandError(databaseFailures['database-missing']());
  const isWanted =
    name === undefined ? undefined : (database: Database): boolean => isCalled(database, name);
  const { all, failed } = await findEverywhere(context, places, isWanted);
  for (const { error } of failed) context.output.reportError(error);
  const where = await namePlaces(places);
  const found = isWanted === undefined ? all : all.filter(({ database }) => isWanted(database));
  const chosen = await choose(context, found, {
    question: name === undefined ? 'Database:' : `Which "${name}"?`,
    columns: DATABASE_COLUMNS,
    rowOf,
    isDimmed: ({ database }) => database.host === '',
    none: () =>
      name === undefined ? databaseFailures['databases-none'](where) : unknown(name, all),
    several: () => {
      const lines = found.map((one) => lineOf(one, found));
      return databaseFailures['database-ambiguous'](printable(name ?? ''), found.length, lines);
    },
  });
  const { database } = chosen;
  if (database.host === '' || database.port === 0) {
    const { name: shown, status } = database;
    const failure = databaseFailures['database-not-ready'];
    throw new CommandError(failure(printable(shown), status || 'unknown'));
  }
  return chosen;
}

function isCalled({ name, engine, kind, service, host }: Database, text: string): boolean {
  const names = [name, ...[engine, kind, service].map((one) => `${one}/${name}`), host];
  return text !== '' && names.some((one) => one.toLowerCase() === text.toLowerCase());
}

function unknown(
  name: string,
  all: readonly PlacedDatabase[],
): ReturnType<(typeof databaseFailures)['database-unknown']> {
  const names = new Set(all.map(({ database }) => database.name));
  const nearest = closestMatch(name, names);
  return databaseFailures['database-unknown'](printable(name), nearest && printable(nearest));
}

/** What selects a database among others of its name. */
function lineOf({ database, region }: PlacedDatabase, others: readonly PlacedDatabase[]): string {
  const same = others.filter((one) => one.database.engine === database.engine);
  const isOnlyOfKind = same.filter((one) => one.database.kind === database.kind).length === 1;
  const { engine, kind, name } = database;
  const before = same.length > 1 && isOnlyOfKind ? kind : engine;
  const ofRegion = new Set(others.map((one) => one.region)).size > 1 ? ` --region ${region}` : '';
  return printable(`${before}/${name}${ofRegion}`);
}
