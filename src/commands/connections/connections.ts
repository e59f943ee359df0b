import { Argument, type Command } from 'commander';
import type { Connection } from '../../cli/connections/connection.ts';
import { effectiveConnections } from '../../cli/connections/effective-connections.ts';
import { CommandError, type CommandContext } from '../../cli/framework/command-context.ts';
import { examples } from '../../cli/framework/command-line.ts';
import type { CommandHelp } from '../../cli/framework/help/help-page.ts';
import { usageError } from '../../cli/framework/usage/usage-error.ts';
import { printList } from '../../cli/output/print-list.ts';
import type { Column } from '../../cli/output/table.ts';
import { parseIdleTime } from '../../cli/ports/idle-time.ts';
import { checkLocalPorts } from '../../cli/ports/parse-forward.ts';
import { addNamed, parseName, parseTypedPort, type TypedPorts } from './add-named.ts';
import { shownFile } from './shown-file.ts';

/** Programs count the fields of a line: a new column is the last one. */
const COLUMNS: readonly Column[] = [
  { header: 'NAME', narrowest: 'whole' },
  { header: 'TARGET', narrowest: 8 },
  { header: 'PORTS', narrowest: 8, dispensable: 2 },
  { header: 'PROFILE', narrowest: 'whole', dispensable: 3 },
  { header: 'REGION', narrowest: 'whole', dispensable: 4 },
  { header: 'FILE', narrowest: 8, dispensable: 1 },
];
const ADD = 'add';

interface ConnectionsOptions {
  readonly check?: boolean;
  readonly onDemand?: boolean;
  readonly idle?: string;
}

/** `connections [--check]`, `connections add NAME TARGET [PORTS...]`: targets that the user has named in files. */
export function configureConnections(command: Command, context: CommandContext): CommandHelp {
  command
    .description(
      'Lists the connections: targets with a name, and with the profile, the region and the ports that ' +
        'belong to them. In every command, the name of a connection can be the target.\n' +
        'They are in connections.toml in your configuration directory, and in .ssm.toml in the working ' +
        'directory and those above it. The nearest file wins.\n' +
        'With add, writes a connection to your connections.toml, with --profile and --region if you pass them.',
    )
    .usage('[options] [add <name> <target> [ports...]]')
    .addArgument(new Argument('[action]', 'add a connection').choices([ADD]))
    .argument('[name]', 'name of the new connection', parseName)
    .argument('[target]', 'its target: id, Name tag, private address or host name')
    .argument(
      '[ports...]',
      'its ports: [LOCAL:]PORT for a port of the target, or [LOCAL:]HOST:PORT for another host',
      parseTypedPort,
    )
    .option('--check', 'check the files, and whether a connection has the name of a node')
    .option('--on-demand', 'with add: forward starts no session before a program connects')
    .option(
      '--idle <time>',
      'with add: forward ends the session when no program has been connected for this time, such as 10m',
      keepIdleTime,
    )
    .action(
      async (
        action: string | undefined,
        name: string | undefined,
        target: string | undefined,
        ports: TypedPorts | undefined,
        { check = false, onDemand = false, idle = '' }: ConnectionsOptions,
      ) => {
        if (action === undefined) {
          if (onDemand || idle !== '') {
            const option = onDemand ? '--on-demand' : '--idle';
            throw usageError(command, `${option} is only for add.`, ['Leave it out.']);
          }
          await (check ? checkAll(context) : listAll(context));
          return;
        }
        if (check) {
          throw usageError(command, '--check cannot be combined with add.', [
            'Leave one of them out.',
          ]);
        }
        if (name === undefined || target === undefined) {
          const what = name === undefined ? 'name' : 'target';
          throw usageError(command, `The argument "${what}" is missing.`);
        }
        const { texts = [], forwards = [] } = ports ?? {};
        checkLocalPorts(command, forwards);
        await addNamed(context, { name, target, forward: texts, onDemand, idle });
      },
    );
  return {
    examples: examples(
      'connections',
      'connections add db bastion 5432:orders.internal:5432 --profile prod',
      'connections --check',
    ),
  };
}

/** @throws ValueError */
function keepIdleTime(text: string): string {
  parseIdleTime(text);
  return text;
}

async function checkAll(context: CommandContext): Promise<void> {
  const { checkConnections } = await import('./check-connections.ts');
  await checkConnections(context);
}

async function listAll(context: CommandContext): Promise<void> {
  const { connections, options, output } = context;
  const files = await connections.files();
  const fault = files.flatMap(({ faults }) => faults)[0];
  if (fault !== undefined) throw new CommandError(fault);
  const listed = effectiveConnections(files);
  await printList(context, listed.map(forPrograms), {
    columns: COLUMNS,
    rows: listed.map((connection) => rowOf(context, connection)),
  });
  if (!options.json && listed.length === 0) {
    output.notify(
      'There are no connections. Add one: `session-manager-plugin connections add NAME TARGET`.',
    );
  }
}

function rowOf(context: CommandContext, connection: Connection): readonly string[] {
  const { name, target, forward, profile, region, path } = connection;
  return [name, target, forward.join(' '), profile, region, shownFile(context, path)];
}

/** The properties of a connection in JSON: an interface that programs rely on. */
function forPrograms(connection: Connection): object {
  const { name, target, profile, region, forward, onDemand, idle, path, line } = connection;
  return { name, target, profile, region, forward, onDemand, file: path, line, idle };
}
