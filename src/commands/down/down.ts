import type { Command } from 'commander';
import { callSupervisor } from '../../cli/background/call-supervisor.ts';
import { chosenConnections, connectionsUp } from '../../cli/background/connections-up.ts';
import type { CommandContext } from '../../cli/framework/command-context.ts';
import { examples } from '../../cli/framework/command-line.ts';
import { usageError } from '../../cli/framework/usage/usage-error.ts';
import type { CommandHelp } from '../../cli/framework/help/help-page.ts';

/** `down [NAMES...]`: ends connections that are up. */
export function configureDown(command: Command, context: CommandContext): CommandHelp {
  command
    .description(
      'Ends connections that are up, with their sessions, and waits until they have ended. When the last one has, the ' +
        'supervisor ends, too.',
    )
    .argument('[connections...]', 'names of connections; without one, all that are up')
    .option('--all', 'end all, as without a name')
    .action(async (names: readonly string[], { all = false }: { readonly all?: boolean }) => {
      if (all && names.length > 0) {
        throw usageError(command, '--all cannot be combined with names of connections.', [
          'Leave one of them out.',
        ]);
      }
      await bringDown(context, names);
    });
  return { examples: examples('down db', 'down') };
}

async function bringDown(context: CommandContext, names: readonly string[]): Promise<void> {
  const { connections } = await connectionsUp(context);
  const chosen = chosenConnections(connections, names).map(({ name }) => name);
  if (chosen.length === 0) {
    context.output.notify('No connection is up.');
    return;
  }
  const call = await callSupervisor(context, { request: 'down', names: chosen, follow: false });
  if (call === undefined) return;
  for await (const answer of call.answers) {
    if (answer.reply === 'down') context.output.notify(`${answer.name} is down.`);
    if (answer.reply === 'end') break;
  }
}
