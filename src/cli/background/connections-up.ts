import { backgroundFailures } from '../../failures/background.ts';
import { printable } from '../../lib/printable.ts';
import { CommandError, type CommandContext } from '../framework/command-context.ts';
import { callSupervisor } from './call-supervisor.ts';
import type { ConnectionStatus } from './connection-status.ts';

/** The connections that are up, and the version of their supervisor. */
export interface ConnectionsUp {
  /** Undefined when no supervisor runs. */
  readonly version: string | undefined;
  readonly connections: readonly ConnectionStatus[];
}

/**
 * Asks the supervisor for the connections that are up.
 *
 * @throws CommandError when it does not answer
 */
export async function connectionsUp(context: CommandContext): Promise<ConnectionsUp> {
  const call = await callSupervisor(context, { request: 'status' });
  const connections: ConnectionStatus[] = [];
  if (call === undefined) return { version: undefined, connections };
  for await (const answer of call.answers) {
    if (answer.reply === 'status') connections.push(answer.connection);
    if (answer.reply === 'end') break;
  }
  return { version: call.version, connections };
}

/**
 * Those of these names; all without a name.
 *
 * @throws CommandError when one of them is not up
 */
export function chosenConnections(
  connections: readonly ConnectionStatus[],
  names: readonly string[],
): readonly ConnectionStatus[] {
  const known = connections.map(({ name }) => name);
  const missing = names.find((name) => !known.includes(name));
  if (missing !== undefined) {
    throw new CommandError(backgroundFailures['connection-not-up'](printable(missing), known));
  }
  return connections.filter(({ name }) => names.length === 0 || names.includes(name));
}
