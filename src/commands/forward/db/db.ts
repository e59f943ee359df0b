import type { Command } from 'commander';
import type { CommandContext } from '../../../cli/framework/command-context.ts';
import { examples } from '../../../cli/framework/command-line.ts';
import { parseLocalPort } from '../../../cli/framework/parse-port.ts';
import type { CommandHelp } from '../../../cli/framework/help/help-page.ts';
import { usageError } from '../../../cli/framework/usage/usage-error.ts';
import { canPrompt } from '../../../cli/prompt/prompt.ts';
import { placesOf, type PlaceOptions } from '../../../cli/target/places.ts';
import { chooseNode, namedNode } from './choose-node.ts';
import { findDatabase } from './find-database.ts';
import { listDatabases } from './list-databases.ts';
import { forwardDatabase, usualPort } from './run-database.ts';

/** What its options are. */
interface DatabaseOptions extends PlaceOptions {
  readonly through?: string;
  readonly localPort?: string;
  readonly reason?: string;
}

const LIST = 'list';

/** `db [list | NAME]`: databases of the account. */
export function configureDb(command: Command, context: CommandContext): CommandHelp {
  command
    .description(
      'Finds the databases of RDS, Aurora, DocumentDB, Neptune, ElastiCache, OpenSearch Service and Redshift, and ' +
        'forwards the port of one to this machine, through a managed node in its VPC. Ctrl-C stops it.\n' +
        'Without a name, you pick the database from a list in a terminal; elsewhere, and with --json, the list is printed. ' +
        'In a pipe, its columns are tab-separated and have no header: name, engine, endpoint, status, VPC, and with several ' +
        '--region also the region.',
    )
    .usage('[options] [list] [database]')
    .argument(
      '[database...]',
      'name of an instance, cluster, cache or domain; NAME/reader for a reader endpoint; ENGINE/NAME where a name is not ' +
        'unique. After list: list only those that contain all these words',
    )
    .option(
      '--through <target>',
      'forward through this target, in place of a managed node in the VPC of the database',
    )
    .option(
      '--local-port <port>',
      'local port; by default that of the database, or 8000 more where it is below 1024. 0 for a free one',
      parseLocalPort,
    )
    .option('--reason <text>', 'note for the session history')
    .action(async (words: readonly string[], options: DatabaseOptions) => {
      const [first, ...rest] = words;
      const places = placesOf(context, options);
      const isPicked = first === undefined && canPrompt(context) && !context.options.json;
      const forwards = options.through !== undefined || options.localPort !== undefined;
      if (first === LIST || (first === undefined && !isPicked && !forwards))
        return listDatabases(context, places, rest.join(' ').trim());
      if (rest.length > 0)
        throw usageError(command, 'There is more than one database.', [
          'Forward each in a terminal of its own.',
        ]);
      return forwardOne(context, places, first, options);
    });
  return {
    examples: examples(
      'db',
      'db list',
      'db list postgres --region eu-west-1 --region us-east-1',
      'db list --json',
      'db shop',
      'db shop --local-port 15432 --through bastion',
      'db redis/shop',
    ),
  };
}

async function forwardOne(
  context: CommandContext,
  places: ReturnType<typeof placesOf>,
  name: string | undefined,
  { through, localPort, reason }: DatabaseOptions,
): Promise<void> {
  // A connection selects its account before AWS is asked.
  const isFirst = through !== undefined && places.length === 1;
  const named = isFirst ? await namedNode(context, through) : undefined;
  const { database, context: own } = await findDatabase(context, places, name);
  const node =
    named ??
    (through === undefined ? await chooseNode(own, database) : await namedNode(own, through));
  const port = localPort ?? usualPort(database);
  context.exitWith(
    await forwardDatabase(own, { database, node, localPort: port, reason, program: undefined }),
  );
}
