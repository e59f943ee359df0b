import type { Command } from 'commander';
import type { CommandContext } from '../../cli/framework/command-context.ts';
import { examples } from '../../cli/framework/command-line.ts';
import type { CommandHelp } from '../../cli/framework/help/help-page.ts';
import { openSession } from '../../cli/run/open-session.ts';
import { findTarget } from '../../cli/target/resolve-target.ts';

/** `shell TARGET`: the shell that the session preferences of the account name. */
export function configureShell(command: Command, context: CommandContext): CommandHelp {
  command
    .description(
      'Opens a shell on a target. At the start of a line, type ~. to leave it, or ~? to list these escapes.',
    )
    .argument(
      '[target]',
      'machine to open the shell on: id, connection, Name tag, private address or host name',
    )
    .option('--reason <text>', 'note for the session history')
    .action(async (targetText: string | undefined, { reason }: { readonly reason?: string }) => {
      const { id: target, title } = await findTarget(context, targetText);
      const request = { target, ...(reason === undefined ? {} : { reason }) };
      context.exitWith(
        await openSession(context, request, { texts: 'stderr', targetTitle: title }),
      );
    });
  return {
    examples: examples(
      'shell i-0123456789abcdef0',
      'shell i-0123456789abcdef0 --profile work --region eu-central-1',
      'shell i-0123456789abcdef0 < commands.txt',
    ),
  };
}
