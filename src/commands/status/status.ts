import type { Command } from 'commander';
import { hasNoAnswer, takesConnections } from '../../cli/background/connection-status.ts';
import { chosenConnections, connectionsUp } from '../../cli/background/connections-up.ts';
import { printStatus } from '../../cli/background/show-status.ts';
import type { CommandContext } from '../../cli/framework/command-context.ts';
import { examples } from '../../cli/framework/command-line.ts';
import type { CommandHelp } from '../../cli/framework/help/help-page.ts';

/** Exit status when nothing is up, or a port is of no use: not 255, which is a failure of the program. */
const EXIT_NOT_ALL = 1;

/** `status [NAMES...]`: the connections that are up, and what their ports do. */
export function configureStatus(command: Command, context: CommandContext): CommandHelp {
  command
    .description(
      'Shows the connections that are up: what each port does and since when, its sessions that are up, its open ' +
        'connections, the bytes that local programs have sent and received, and its last error.\n' +
        'The exit status is 0 if all ports take connections, and 1 if one does not, a destination does not answer, or ' +
        'nothing is up.',
    )
    .argument('[connections...]', 'names of connections; without one, all that are up')
    .action(async (names: readonly string[]) => {
      const { version, connections } = await connectionsUp(context);
      const chosen = chosenConnections(connections, names);
      await printStatus(context, chosen);
      if (chosen.length === 0) {
        context.output.notify(
          'No connection is up. Start one: `session-manager-plugin up NAME --detach`.',
        );
      } else if (version !== undefined && version !== context.version) {
        context.output.notify(
          `The supervisor is of version ${version}, this is ${context.version}. To change to this one, run ` +
            '`session-manager-plugin down --all`, and then `session-manager-plugin up` again.',
        );
      }
      const ports = chosen.flatMap((connection) => connection.ports);
      const isUseful = ports.every((port) => takesConnections(port) && !hasNoAnswer(port));
      if (ports.length === 0 || !isUseful) context.exitWith(EXIT_NOT_ALL);
    });
  return { examples: examples('status', 'status db --json') };
}
