import { resolve } from 'node:path';
import type { Command } from 'commander';
import type { CommandContext } from '../../../cli/framework/command-context.ts';
import { examples } from '../../../cli/framework/command-line.ts';
import { FREE_PORT, parseLocalPort } from '../../../cli/framework/parse-port.ts';
import type { CommandHelp } from '../../../cli/framework/help/help-page.ts';
import { readProgram } from '../../../cli/framework/read-program.ts';
import { splitAtMark } from '../../../cli/framework/usage/operands.ts';
import { filled } from '../../../cli/framework/usage/filled.ts';
import { usageError } from '../../../cli/framework/usage/usage-error.ts';
import { canPrompt } from '../../../cli/prompt/prompt.ts';
import { placesOf, type Place, type PlaceOptions } from '../../../cli/target/places.ts';
import { quoteForShell } from '../../../lib/quote-for-shell.ts';
import type { ConnectOptions } from './connect/connect.ts';
import { addConnectOptions, refuseConnectOptions, runConnect } from './connect/connect-options.ts';
import { findDatabase } from './find-database.ts';
import { listDatabases } from './list-databases.ts';
import { prepareDatabase } from './prepare-database.ts';
import type { PortAddress } from '../one-port.ts';
import { forwardDatabase, usualPort } from './run-database.ts';
import { connectionVariables } from './url/connection-url.ts';
import { printUrl } from './url/print-url.ts';

/** What its options are. */
interface DatabaseOptions extends PlaceOptions, ConnectOptions {
  readonly through?: string;
  readonly localPort?: string;
  readonly env?: true;
  readonly exec?: true;
  readonly reason?: string;
}

const LIST = 'list';
const URL_WORD = 'url';
const CONNECT = 'connect';
const EXEC_EXAMPLE = 'db shop --exec -- npm run migrate';

/** `db [list | url | connect] [NAME]`: databases of the account. */
export function configureDb(command: Command, context: CommandContext): CommandHelp {
  command
    .description(
      'Finds the databases of RDS, Aurora, DocumentDB, Neptune, ElastiCache, OpenSearch Service and Redshift, and ' +
        'forwards the port of one to this machine, through a managed node in its VPC. Ctrl-C ends it.\n' +
        'Without a name, you pick the database from a list in a terminal; elsewhere, and with --json, the list is printed. ' +
        'In a pipe, its columns are tab-separated and have no header: name, engine, endpoint, status, VPC, and with several ' +
        '--region also the region.\n' +
        'url prints the URL of a database, without a password, while `db NAME` forwards its port.\n' +
        'connect starts a client of the database, such as psql, with verified TLS, and a password from a secret or an IAM ' +
        'token. The command ends with the exit status of the client. Arguments of the client follow --.',
    )
    .usage('[options] [list|url|connect] [database] [[--exec] -- words...]')
    .argument(
      '[database...]',
      'name of an instance, cluster, cache or domain; NAME/reader for a reader endpoint; ENGINE/NAME if a name is not ' +
        'unique. After list: list only databases that contain all these words',
    );
  addOptions(command);
  addConnectOptions(command).action(
    async (operands: readonly string[], options: DatabaseOptions) => {
      const hasProgram = options.exec === true;
      const { args } = context;
      const places = placesOf(context, options);
      const { before, after } = splitAtMark(args, operands);
      const [first, ...rest] = before;
      if (first === CONNECT) return runConnect(command, context, places, rest, after, options);
      refuseConnectOptions(command, options);
      const { words, program } = readProgram(command, args, operands, hasProgram, EXEC_EXAMPLE);
      const isPicked = first === undefined && canPrompt(context) && !context.options.json;
      const { through, localPort } = options;
      const forwards = through !== undefined || localPort !== undefined || hasProgram;
      if (first === LIST || (first === undefined && !isPicked && !forwards))
        return listDatabases(context, places, rest.join(' ').trim());
      const [name, ...others] = first === URL_WORD ? rest : words;
      if (others.length > 0)
        throw usageError(command, 'There is more than one database.', [
          'Forward each in a terminal of its own.',
        ]);
      if (first === URL_WORD) {
        if (localPort !== FREE_PORT) return printUrlOf(context, places, name, options);
        throw usageError(command, 'A URL needs a port.', [
          'Pass the local port of `session-manager-plugin db NAME`, or leave out --local-port.',
        ]);
      }
      if (options.env === true)
        throw usageError(command, '--env is an option of url.', [
          'Write `session-manager-plugin db url NAME --env`.',
        ]);
      return forwardOne(context, places, name, options, program);
    },
  );
  return {
    unknownOptionHint:
      'Put -- before the program to run, or the arguments of a client: what follows it is not read as options.',
    examples: examples(
      'db',
      'db list',
      'db list postgres --region eu-west-1 --region us-east-1',
      'db list --json',
      'db shop',
      'db shop --local-port 15432 --through bastion',
      'db redis/shop',
      EXEC_EXAMPLE,
      'db connect shop --ca global-bundle.pem',
      "db connect shop --user app -- -c 'SELECT 1'",
      'db url shop --ca global-bundle.pem --env',
    ),
  };
}

/** All but those that only `db connect` has. */
function addOptions(command: Command): void {
  command
    .option(
      '--through <target>',
      'forward through this target instead of a managed node in the VPC of the database',
    )
    .option(
      '--local-port <port>',
      'local port; by default that of the database, or 8000 more if it is below 1024. 0 for a free one, which is the ' +
        'default with --exec',
      parseLocalPort,
    )
    .option('--user <name>', 'user of the database instead of its master user', filled)
    .option('--ca <file>', 'PEM file with the CA certificates of the database', filled)
    .option('--env', 'for url: print export lines with the variables of its clients')
    .option(
      '--exec',
      'run the program after -- once the port listens, with these variables, and end with its exit status',
    )
    .option('--reason <text>', 'note for the session history');
}

async function forwardOne(
  context: CommandContext,
  places: readonly Place[],
  name: string | undefined,
  options: DatabaseOptions,
  command: readonly string[] | undefined,
): Promise<void> {
  const { through, reason, user } = options;
  const { database, findNode, ...prepared } = await prepareDatabase(context, places, name, through);
  const { context: own } = prepared;
  const node = await findNode();
  const usual = command === undefined ? usualPort(database) : FREE_PORT;
  const { localPort = usual } = options;
  const ca = pathOf(options.ca);
  const program =
    command &&
    ((end: PortAddress) => ({
      command,
      variables: connectionVariables({ database, ...end, user, ca }),
    }));
  context.exitWith(await forwardDatabase(own, { database, node, localPort, reason, program }));
}

/** An absolute path, because the program that reads it may run in another directory. */
function pathOf(ca: string | undefined): string | undefined {
  return ca === undefined ? undefined : resolve(ca);
}

async function printUrlOf(
  context: CommandContext,
  places: readonly Place[],
  name: string | undefined,
  options: DatabaseOptions,
): Promise<void> {
  const { user, localPort, env } = options;
  const { database } = await findDatabase(context, places, name);
  const port = localPort ?? usualPort(database);
  const words = [
    'db',
    name ?? database.name,
    ...(localPort === undefined ? [] : ['--local-port', port]),
  ];
  await printUrl(
    context,
    { database, port: Number(port), user, ca: pathOf(options.ca) },
    { asVariables: env === true, command: words.map(quoteForShell).join(' ') },
  );
}
