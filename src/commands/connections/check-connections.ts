import { isAwsError } from '../../aws/sdk/aws-error.ts';
import type { Connection } from '../../cli/connections/connection.ts';
import { effectiveConnections } from '../../cli/connections/effective-connections.ts';
import { withOptions } from '../../cli/framework/command-aws.ts';
import {
  CommandError,
  isCommandError,
  type CommandContext,
} from '../../cli/framework/command-context.ts';
import { EXIT_OWN_FAILURE } from '../../cli/framework/failure.ts';
import { joinAccounts } from '../../cli/framework/chosen-options.ts';
import { printList } from '../../cli/output/print-list.ts';
import type { Column } from '../../cli/output/table.ts';
import { readPorts } from '../../cli/ports/connection-ports.ts';
import { shownFile } from './shown-file.ts';

/** Programs count the fields of a line: a new column is the last one. */
const COLUMNS: readonly Column[] = [
  { header: 'NAME', narrowest: 'whole' },
  { header: 'RESULT', narrowest: 12 },
  { header: 'FILE', narrowest: 12, dispensable: 1 },
];

/** What is known about a connection that can be used. */
interface Checked {
  readonly connection: Connection;
  /** The nearer file that defines the same name; empty when this connection applies. */
  readonly hiddenBy: string;
  /** Ids of the nodes that have its name as their Name tag. */
  readonly hides: readonly string[];
}

/** Checks all files, prints a line for each connection that can be used, and reports each fault. */
export async function checkConnections(context: CommandContext): Promise<void> {
  const { connections, options, output } = context;
  const files = await connections.files();
  const faults = files.flatMap((file) => file.faults.map((fault) => new CommandError(fault)));
  const usable: Connection[] = [];
  for (const connection of files.flatMap((file) => file.connections)) {
    const fault = faultOfPorts(connection);
    if (fault === undefined) usable.push(connection);
    else faults.push(fault);
  }
  for (const fault of faults) output.reportError(fault);
  if (faults.length > 0) context.exitWith(EXIT_OWN_FAILURE);
  const checked = await checkAll(context, usable, effectiveConnections(files));
  await printList(context, checked.map(forPrograms), {
    columns: COLUMNS,
    rows: checked.map((one) => [
      one.connection.name,
      resultOf(one),
      shownFile(context, one.connection.path),
    ]),
  });
  if (!options.json && files.length === 0) {
    output.notify(`There are no connections files: ${connections.userFile} is missing.`);
  }
}

function faultOfPorts(connection: Connection): CommandError | undefined {
  try {
    readPorts(connection);
    return undefined;
  } catch (error) {
    if (isCommandError(error)) return error;
    throw error;
  }
}

async function checkAll(
  context: CommandContext,
  usable: readonly Connection[],
  effective: readonly Connection[],
): Promise<readonly Checked[]> {
  const find = nameTagFinder(context);
  const checked: Checked[] = [];
  for (const connection of usable) {
    const first = effective.find(({ name }) => name === connection.name);
    const isHidden = first !== undefined && first !== connection;
    const hides = isHidden ? [] : await find(connection);
    checked.push({ connection, hiddenBy: isHidden ? first.path : '', hides });
  }
  return checked;
}

/**
 * @returns finds the ids of the nodes whose Name tag is the name of a connection, in its account; none where AWS
 *   does not answer, which is reported once
 */
function nameTagFinder(
  context: CommandContext,
): (connection: Connection) => Promise<readonly string[]> {
  const silent = new Set<string>();
  return async (connection) => {
    const derived = withOptions(context, joinAccounts(context.options, connection));
    const { profile, region } = derived.options;
    const account = JSON.stringify([profile, region]);
    if (silent.has(account)) return [];
    const ids: string[] = [];
    try {
      const calls = await derived.aws.calls();
      for await (const { id } of calls.nodes({ nameTag: connection.name })) ids.push(id);
    } catch (error) {
      if (!isAwsError(error) && !isCommandError(error)) throw error;
      silent.add(account);
      context.output.notify(`The names were not compared with Name tags. ${error.message}`);
    }
    return ids;
  };
}

function resultOf({ hiddenBy, hides }: Checked): string {
  if (hiddenBy !== '') return `not used: ${hiddenBy} has the same name`;
  return hides.length === 0 ? 'ok' : `hides the Name tag of ${hides.join(', ')}`;
}

function forPrograms({ connection, hiddenBy, hides }: Checked): object {
  const { name, path, line } = connection;
  return { name, file: path, line, hiddenBy, hides };
}
