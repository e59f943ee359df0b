import type { Command } from 'commander';
import type { SessionRequest } from '../../aws/aws.ts';
import type { CommandContext } from '../../cli/framework/command-context.ts';
import { examples } from '../../cli/framework/command-line.ts';
import type { CommandHelp } from '../../cli/framework/help/help-page.ts';
import { usageError } from '../../cli/framework/usage/usage-error.ts';
import { openSession, type CommandSession } from '../../cli/run/open-session.ts';
import { findTarget, type ResolvedTarget } from '../../cli/target/resolve-target.ts';

interface ShellOptions {
  readonly reason?: string;
  readonly command?: string;
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
    .option(
      '--command <text>',
      'what to run in a container of ECS (ecs://…) in place of bash or sh',
    )
    .option('--reason <text>', 'note for the session history')
    .option(
      '--record <file>',
      'write what the target prints, with its times, to a new file: an asciicast, which "play" shows again',
    )
    .option('--record-input', 'record your keys, too, also those of passwords')
    .action(async (targetText: string | undefined, options: ShellOptions) => {
      const { record, recordInput = false } = options;
      if (recordInput && record === undefined) {
        throw usageError(command, '--record-input needs --record.', ['Add --record FILE.']);
      }
      const target = await findTarget(context, targetText);
      const { request, session } = await prepareShell(context, command, target, options);
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

/** @throws UsageError for an option that this target does not take */
async function prepareShell(
  context: CommandContext,
  command: Command,
  target: ResolvedTarget,
  { reason, command: text }: ShellOptions,
): Promise<{ readonly request: SessionRequest; readonly session: CommandSession }> {
  if (target.container === undefined) {
    if (text !== undefined) {
      throw usageError(command, '--command is for containers of ECS (ecs://…).', [
        'To run a command in a terminal of another target, run `session-manager-plugin exec -t`.',
      ]);
    }
    const request = { target: target.id, ...(reason === undefined ? {} : { reason }) };
    return { request, session: { texts: 'stderr', targetTitle: target.title } };
  }
  if (reason !== undefined) {
    throw usageError(command, '--reason cannot be used on containers of ECS (ecs://…).', [
      'Leave it out: ECS keeps no notes.',
    ]);
  }
  const { containerShell } = await import('./container-shell.ts');
  const { request, session } = containerShell(context, target, text);
  return { request, session: { ...session, texts: 'stderr' } };
}
