import type { Command } from 'commander';
import type { CommandContext } from '../../cli/framework/command-context.ts';
import { examples } from '../../cli/framework/command-line.ts';
import type { CommandHelp } from '../../cli/framework/help/help-page.ts';
import { usageError } from '../../cli/framework/usage/usage-error.ts';
import { openSession } from '../../cli/run/open-session.ts';
import { findTarget } from '../../cli/target/resolve-target.ts';

interface ShellOptions {
  readonly reason?: string;
  readonly record?: string;
  readonly recordInput?: true;
}

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
    .option(
      '--record <file>',
      'write what the target prints, with its times, to a new file: an asciicast, which "play" shows again',
    )
    .option('--record-input', 'record your keys, too, also those of passwords')
    .action(async (targetText: string | undefined, options: ShellOptions) => {
      const { reason, record, recordInput = false } = options;
      if (recordInput && record === undefined) {
        throw usageError(command, '--record-input needs --record.', ['Add --record FILE.']);
      }
      const { id: target, title } = await findTarget(context, targetText);
      const request = { target, ...(reason === undefined ? {} : { reason }) };
      const session = { texts: 'stderr', targetTitle: title } as const;
      if (record === undefined) {
        context.exitWith(await openSession(context, request, session));
        return;
      }
      const { recordShell } = await import('./record-shell.ts');
      await recordShell(context, { path: record, withInput: recordInput }, (recorder) =>
        openSession(context, request, { ...session, recorder }),
      );
    });
  return {
    examples: examples(
      'shell i-0123456789abcdef0',
      'shell i-0123456789abcdef0 --profile work --region eu-central-1',
      'shell i-0123456789abcdef0 --record repair.cast',
      'shell i-0123456789abcdef0 < commands.txt',
    ),
  };
}
