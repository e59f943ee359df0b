import type { Job } from '../../cli/background/protocol.ts';
import type { Connection } from '../../cli/connections/connection.ts';
import { effectiveConnections } from '../../cli/connections/effective-connections.ts';
import { joinAccounts } from '../../cli/framework/chosen-options.ts';
import { CommandError, type CommandContext } from '../../cli/framework/command-context.ts';
import { closestMatch } from '../../cli/invocation/edit-distance.ts';
import { backgroundFailures } from '../../failures/background.ts';
import { printable } from '../../lib/printable.ts';
import { readPorts } from '../../cli/ports/connection-ports.ts';

/**
 * What the processes of connections do, as the files and the options define it now.
 *
 * @param names - each once; undefined for all connections that have ports
 * @param checks - whether to find out if the destinations answer
 * @throws CommandError when one of them cannot be forwarded
 */
export async function readJobs(
  context: CommandContext,
  names: readonly string[] | undefined,
  checks: boolean,
): Promise<readonly Job[]> {
  const chosen = names === undefined ? await allWithPorts(context) : await named(context, names);
  for (const connection of chosen) {
    const notice = await context.connections.noticeOf(connection);
    if (notice !== undefined) context.output.notify(notice);
  }
  return chosen.map((connection) => jobOf(context, connection, checks));
}

async function allWithPorts({ connections }: CommandContext): Promise<readonly Connection[]> {
  const files = await connections.files();
  const [fault] = files.flatMap(({ faults }) => faults);
  if (fault !== undefined) throw new CommandError(fault);
  const found = effectiveConnections(files).filter(({ forward }) => forward.length > 0);
  if (found.length > 0) return found;
  throw new CommandError(backgroundFailures['connections-without-ports']());
}

async function named(
  { connections }: CommandContext,
  names: readonly string[],
): Promise<readonly Connection[]> {
  const found: Connection[] = [];
  for (const name of names) {
    const connection = await connections.find(name);
    if (connection === undefined) {
      const known = effectiveConnections(await connections.files()).map((one) => one.name);
      const failure = backgroundFailures['connection-unknown'];
      throw new CommandError(failure(printable(name), closestMatch(name, known)));
    }
    found.push(connection);
  }
  return found;
}

function jobOf({ options }: CommandContext, connection: Connection, checks: boolean): Job {
  const { name, path, line, target, onDemand, idle, fast } = connection;
  const { profile, region } = joinAccounts(options, connection);
  const ports = readPorts(connection).map((port) => ({ ...port, host: port.host ?? null }));
  if (ports.length === 0) {
    const failure = backgroundFailures['connection-without-ports'];
    throw new CommandError(failure(name, printable(path), String(line)));
  }
  const { endpointUrl } = options;
  return { name, target, profile, region, endpointUrl, onDemand, idle, fast, checks, ports };
}
