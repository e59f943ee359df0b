import type { Database, FoundDatabases, MissingList } from '../../../aws/databases.ts';
import type { CommandContext } from '../../../cli/framework/command-context.ts';
import { EXIT_OWN_FAILURE } from '../../../cli/framework/failure.ts';
import { matchesWords } from '../../../cli/output/match-words.ts';
import { compareNaturally } from '../../../cli/output/natural-order.ts';
import { printList } from '../../../cli/output/print-list.ts';
import type { Column } from '../../../cli/output/table.ts';
import { listEverywhere, type InPlace, type Place } from '../../../cli/target/places.ts';
import { someOf } from '../../../failures/fleets.ts';
import { messageOf } from '../../../lib/errors/failure.ts';
import { failureOf } from '../../../lib/errors/program-error.ts';

/** Programs rely on the order of the fields in a line: add new columns at the end. */
export const DATABASE_COLUMNS: readonly Column[] = [
  { header: 'NAME', narrowest: 'whole' },
  { header: 'ENGINE', narrowest: 8, dispensable: 3 },
  { header: 'ENDPOINT', narrowest: 23 },
  { header: 'STATUS', narrowest: 6, dispensable: 2 },
  { header: 'VPC', narrowest: 'whole', dispensable: 1 },
];
/** Columns for several regions and several profiles. */
const REGION: Column = { header: 'REGION', narrowest: 'whole', dispensable: 5 };
const PROFILE: Column = { header: 'PROFILE', narrowest: 8, dispensable: 4 };

/** A database, and where it is. */
export interface PlacedDatabase {
  readonly database: Database;
  readonly region: string;
  /** The profile as the user passed it; empty when there is none. */
  readonly profile: string;
  /** Of a command in its region. */
  readonly context: CommandContext;
}

/** `db list [FILTER...]` */
export async function listDatabases(
  context: CommandContext,
  places: readonly Place[],
  filter: string,
): Promise<void> {
  const { all, failed } = await findEverywhere(context, places);
  const listed = all.filter((one) => matchesWords(rowOf(one, true).join(' '), filter));
  const hasRegion = places.length > 1;
  const hasProfile = new Set(places.map(({ profile }) => profile)).size > 1;
  await printList(context, listed.map(forPrograms), {
    columns: [
      ...DATABASE_COLUMNS,
      ...(hasRegion ? [REGION] : []),
      ...(hasProfile ? [PROFILE] : []),
    ],
    rows: listed.map((one) => rowOf(one, hasRegion, hasProfile)),
  });
  for (const place of failed) {
    context.output.reportError(place.error);
    context.exitWith(EXIT_OWN_FAILURE);
  }
  if (context.options.json) return;
  const count = `${all.length} database${all.length === 1 ? '' : 's'} in ${await namePlaces(places)}`;
  context.output.notify(
    filter === '' ? `${count}.` : `${listed.length} of ${count} match "${filter}".`,
  );
}

/** What the actions for databases of a service begin with. EC2 has the subnets of caches. */
const ACTIONS: Readonly<Record<Database['service'], RegExp>> = {
  rds: /^rds:/,
  elasticache: /^(?:elasticache|ec2):/,
  opensearch: /^es:/,
  redshift: /^redshift:/,
};

/**
 * All databases of some places, in the order of their names. Reports which lists are missing.
 *
 * @param isWanted - when only one database is wanted, permissions for other services are not reported
 */
export async function findEverywhere(
  context: CommandContext,
  places: readonly Place[],
  isWanted?: (database: Database) => boolean,
): Promise<{
  readonly all: readonly PlacedDatabase[];
  readonly failed: readonly Extract<InPlace<FoundDatabases>, { readonly kind: 'failed' }>[];
}> {
  const lists = await listEverywhere(context, places, async (place) => {
    const calls = await place.calls();
    // Several calls at once would each ask for a code.
    await calls.prepareCredentials();
    return calls.databases();
  });
  const all: PlacedDatabase[] = [];
  const missing: { readonly prefix: string; readonly lists: readonly MissingList[] }[] = [];
  for (const found of lists) {
    if (found.kind === 'failed') continue;
    const { place, list } = found;
    const region = await place.region();
    const { profile, context: own } = place;
    all.push(...list.databases.map((database) => ({ database, region, profile, context: own })));
    const prefix = places.length > 1 ? `${await place.title()}: ` : '';
    missing.push({ prefix, lists: list.missing });
  }
  const wanted = isWanted === undefined ? [] : all.filter(({ database }) => isWanted(database));
  const [only, ...others] = wanted;
  const actions = only !== undefined && others.length === 0 ? ACTIONS[only.database.service] : /^/;
  for (const one of missing) {
    const texts = missingTexts(
      one.lists.filter(({ error, action }) => !isDenied(error) || actions.test(action)),
    );
    for (const text of texts) context.output.notify(`${one.prefix}${text}`);
  }
  return {
    all: all.toSorted((a, b) => compareNaturally(sortKey(a), sortKey(b))),
    failed: lists.filter((one) => one.kind === 'failed'),
  };
}

/** Names the places in a sentence. */
export async function namePlaces(places: readonly Place[]): Promise<string> {
  const [only] = places;
  if (places.length === 1 && only !== undefined) return only.region();
  return someOf(await Promise.all(places.map((place) => place.title())));
}

/** The columns of a database. */
export function rowOf(
  { database, region, profile }: PlacedDatabase,
  hasRegion = false,
  hasProfile = false,
): readonly [string, ...string[]] {
  const { name, engine, status, vpc } = database;
  return [
    name,
    ...[engine, endpointOf(database), status, vpc],
    ...(hasRegion ? [region] : []),
    ...(hasProfile ? [profile] : []),
  ];
}

function endpointOf({ host, port }: Database): string {
  return host === '' ? '' : `${host}:${port}`;
}

function sortKey({ database: { name, engine }, region }: PlacedDatabase): string {
  return `${name} ${engine} ${region}`;
}

/** Lists that are denied give one sentence, which names all missing permissions. */
function missingTexts(missing: readonly MissingList[]): readonly string[] {
  const denied = missing.filter(({ error }) => isDenied(error));
  const names = denied.map(({ what, action }) => `${what} (${action})`).join(', ');
  return [
    ...(denied.length === 0
      ? []
      : [
          `You are not allowed to list ${names}. Ask the administrator of the AWS account for ${denied.length === 1 ? 'this permission' : 'these permissions'}.`,
        ]),
    ...missing
      .filter((one) => !denied.includes(one))
      .map(({ error }) => messageOf(failureOf(error))),
  ];
}

function isDenied({ reason }: MissingList['error']): boolean {
  return reason === 'access-denied';
}

/** The properties of a database in JSON: an interface that programs rely on. */
function forPrograms({ database, region, profile }: PlacedDatabase): object {
  const { hasIamAuth, masterUser, masterSecretArn, databaseName, isClusterMode, ...shown } =
    database;
  return {
    ...shown,
    ...{ iamAuth: hasIamAuth, masterUser, masterSecretArn, databaseName },
    ...{ clusterMode: isClusterMode, region },
    ...(profile === '' ? {} : { profile }),
  };
}
