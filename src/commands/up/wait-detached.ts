import type { SupervisorCall } from '../../cli/background/call-supervisor.ts';
import {
  takesConnections,
  type ConnectionStatus,
  type PortStatus,
} from '../../cli/background/connection-status.ts';
import { localText, printStatus } from '../../cli/background/show-status.ts';
import { CommandError, type CommandContext } from '../../cli/framework/command-context.ts';
import { EXIT_OWN_FAILURE } from '../../cli/framework/failure.ts';
import { createUpState, lostSupervisor } from './up-state.ts';

/**
 * Waits until all ports of the connections listen, or one of them fails to.
 *
 * @returns the exit status
 * @throws CommandError when the supervisor ends
 */
export async function waitDetached(context: CommandContext, call: SupervisorCall): Promise<number> {
  const state = createUpState();
  for await (const answer of call.answers) {
    state.take(answer);
    if (state.isSettled) break;
  }
  if (!state.isSettled) throw lostSupervisor();
  await printStatus(context, state.connections);
  const failed = state.connections.flatMap((connection) =>
    connection.ports
      .filter((port) => !takesConnections(port))
      .map((port) => ({ connection, port })),
  );
  for (const { connection, port } of failed) reportPort(context, connection, port);
  return failed.length === 0 ? 0 : EXIT_OWN_FAILURE;
}

/** Reports why a port does not take connections. */
function reportPort(
  { output }: Pick<CommandContext, 'output'>,
  { name }: ConnectionStatus,
  port: PortStatus,
): void {
  const { error } = port;
  if (error === null) return;
  const { code, message } = error;
  output.reportError(
    new CommandError({ reason: 'input', code, problem: message, remedy: '' }),
    (text) => text.replace(/^(session-manager-plugin: )?/, `$1${name} (${localText(port)}): `),
  );
}
