import { resolve } from 'node:path';
import type { Command } from 'commander';
import type { CommandContext } from '../../../cli/framework/command-context.ts';
import { examples } from '../../../cli/framework/command-line.ts';
import { FREE_PORT } from '../../../cli/framework/parse-port.ts';
import type { CommandHelp } from '../../../cli/framework/help/help-page.ts';
import { placesOf, type Place } from '../../../cli/target/places.ts';
import { quoteForShell } from '../../../lib/quote-for-shell.ts';
import type { PortAddress } from '../one-port.ts';
import { connectDatabase } from './connect/connect.ts';
import { addDatabaseOptions, type DatabaseOptions } from './database-options.ts';
import { findDatabase } from './find-database.ts';
import { listDatabases } from './list-databases.ts';
import { prepareDatabase } from './prepare-database.ts';
import { EXEC_EXAMPLE, readRequest, type DatabaseRequest } from './read-request.ts';
import { forwardDatabase, usualPort } from './run-database.ts';
import { connectionVariables } from './url/connection-url.ts';
import { printUrl } from './url/print-url.ts';

/** A request of one kind. */
type Request<Kind extends DatabaseRequest['kind']> = Extract<
  DatabaseRequest,
  { readonly kind: Kind }
>;

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
  addDatabaseOptions(command).action(
    async (operands: readonly string[], options: DatabaseOptions) => {
      const places = placesOf(context, options);
      const request = readRequest(command, context, operands, options);
      await run(context, places, request, options);
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

async function run(
  context: CommandContext,
  places: readonly Place[],
  request: DatabaseRequest,
  options: DatabaseOptions,
): Promise<void> {
  switch (request.kind) {
    case 'list':
      return listDatabases(context, places, request.filter);
    case 'url':
      return printUrlOf(context, places, request, options);
    case 'connect':
      return connect(context, places, request, options);
    case 'forward':
      return forward(context, places, request, options);
  }
}

async function connect(
  context: CommandContext,
  places: readonly Place[],
  { name, clientArgs }: Request<'connect'>,
  options: DatabaseOptions,
): Promise<void> {
  const { through, localPort = FREE_PORT, reason } = options;
  const database = await prepareDatabase(context, places, name, through);
  context.exitWith(await connectDatabase({ database, localPort, reason, options, clientArgs }));
}

async function forward(
  context: CommandContext,
  places: readonly Place[],
  { name, program: command }: Request<'forward'>,
  options: DatabaseOptions,
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
  { name }: Request<'url'>,
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
