import { Option, type Command } from 'commander';
import type { CommandContext } from '../../cli/framework/command-context.ts';
import { examples } from '../../cli/framework/command-line.ts';
import type { CommandHelp } from '../../cli/framework/help/help-page.ts';
import { filled } from '../../cli/framework/usage/filled.ts';
import { collect, readOperands } from '../../cli/framework/usage/operands.ts';
import { usageError } from '../../cli/framework/usage/usage-error.ts';
import { shown } from '../../cli/framework/usage/usage-words.ts';
import type { TerminalSession } from '../../cli/remote/terminal-command.ts';
import { openSession, type CommandSession } from '../../cli/run/open-session.ts';
import { findTarget, type ResolvedTarget } from '../../cli/target/resolve-target.ts';
import type { SessionRecorder } from '../../session/shell/session-recorder.ts';

interface ShellOptions {
  readonly user?: string;
  readonly shell?: string;
  readonly loginShell?: true;
  readonly dir?: string;
  readonly env?: readonly string[];
  readonly reason?: string;
  readonly command?: string;
  readonly record?: string;
  readonly recordInput?: true;
}

/** `shell TARGET`: the shell that the session preferences of the account name, or one that options arrange. */
export function configureShell(command: Command, context: CommandContext): CommandHelp {
  // Stored apart from the common option --no-login.
  const login = Object.assign(
    new Option('--login', 'open a login shell, which reads its profile'),
    {
      attributeName: () => 'loginShell',
    },
  );
  command
    .description(
      'Opens a shell on a target. At the start of a line, type ~. to leave it, or ~? to list these escapes.\n' +
        'With a command after --, runs it in a terminal of the target, as "exec -t" does. Commands, --user, ' +
        '--shell, --login, --dir and --env need a target with Linux or macOS.',
    )
    .usage('[options] [target] [-- command...]')
    .argument(
      '[target]',
      'machine to open the shell on: id, connection, Name tag, private address or host name',
    )
    .argument('[command...]', 'a command to run in place of the shell, after --')
    .option('--user <name>', 'become this user of the target, with passwordless sudo', filled)
    .option('--shell <program>', 'shell to run, such as bash: a name or a path', filled)
    .addOption(login)
    .option('--dir <path>', 'directory of the target to start in', filled)
    .option(
      '--env <name=value>',
      'environment variable to set, whose value AWS does not record; repeatable. Without =value: that of this machine',
      collect,
    )
    .option('--command <text>', 'what to run in an ECS container (ecs://…) in place of bash or sh')
    .option('--reason <text>', 'note for the session history')
    .option(
      '--record <file>',
      'write what the target prints, with its times, to a new file: an asciicast, which "play" shows again',
    )
    .option('--record-input', 'record your keys, too, also those of passwords')
    .action(async (_target: unknown, _words: unknown, options: ShellOptions, self: Command) => {
      const { record, recordInput = false } = options;
      if (recordInput && record === undefined) {
        throw usageError(self, '--record-input needs --record.', ['Add --record FILE.']);
      }
      const { targetText, words, isSeparated } = readOperands(self.args, context.args);
      const [first] = words;
      if (first !== undefined && !isSeparated) {
        throw usageError(self, `Unexpected argument "${shown(first)}".`, [
          'If the name of the target contains spaces, put quotes around it.',
          'Write a command for the target after --.',
        ]);
      }
      const target = await findTarget(context, targetText);
      const run = await prepare(context, self, target, words, options);
      if (record === undefined) {
        context.exitWith(await run(undefined));
        return;
      }
      const { recordShell } = await import('./record-shell.ts');
      await recordShell(context, { path: record, withInput: recordInput }, run);
    });
  return {
    unknownOptionHint: 'Put -- before a command to run: what follows it is not read as options.',
    examples: examples(
      'shell i-0123456789abcdef0',
      'shell i-0123456789abcdef0 --profile work --region eu-central-1',
      'shell web --user deploy --login --dir /srv/app --env STAGE=test',
      'shell web -- top',
      'shell i-0123456789abcdef0 --record repair.cast',
      'shell i-0123456789abcdef0 < commands.txt',
    ),
  };
}

/**
 * @returns runs the session
 * @throws UsageError for an option that this target does not take, or CommandError
 */
async function prepare(
  context: CommandContext,
  command: Command,
  target: ResolvedTarget,
  words: readonly string[],
  { user, shell, loginShell, dir, env, reason, command: text }: ShellOptions,
): Promise<(recorder: SessionRecorder | undefined) => Promise<number>> {
  const arranging = [
    ['--user', user],
    ['--shell', shell],
    ['--login', loginShell],
    ['--dir', dir],
    ['--env', env],
    ['-- COMMAND', words[0]],
  ].find(([, value]) => value !== undefined);
  checkContainer(command, target, { reason, text, other: arranging && String(arranging[0]) });
  if (arranging !== undefined) {
    const { prepareSetup } = await import('./prepare-setup.ts');
    return prepareSetup(context, target, {
      user,
      shell,
      login: loginShell ?? false,
      directory: dir,
      variables: env ?? [],
      command: words.length === 0 ? undefined : words.join(' '),
      reason,
      what: `shell ${String(arranging[0])}`,
    });
  }
  const { request, session } = await plainShell(context, target, reason, text);
  return (recorder) =>
    openSession(context, request, {
      ...session,
      texts: 'stderr',
      ...(recorder === undefined ? {} : { recorder }),
    });
}

/** What only ECS containers take, and what they do not. */
function checkContainer(
  command: Command,
  { container }: ResolvedTarget,
  { reason, text, other }: Record<'reason' | 'text' | 'other', string | undefined>,
): void {
  if (container === undefined && text !== undefined) {
    throw usageError(command, '--command is for ECS containers (ecs://…).', [
      'For another target, write the command after --.',
    ]);
  }
  if (container !== undefined && reason !== undefined) {
    throw usageError(command, '--reason cannot be used on ECS containers (ecs://…).', [
      'Leave it out: ECS stores no note of a session.',
    ]);
  }
  if (text !== undefined && other !== undefined) {
    throw usageError(command, `--command cannot be combined with ${other}.`, [
      'Leave one of them out.',
    ]);
  }
}

async function plainShell(
  context: CommandContext,
  target: ResolvedTarget,
  reason: string | undefined,
  text: string | undefined,
): Promise<Pick<TerminalSession, 'request'> & { readonly session: Omit<CommandSession, 'texts'> }> {
  if (target.container === undefined) {
    const request = { target: target.id, ...(reason === undefined ? {} : { reason }) };
    return { request, session: { targetTitle: target.title } };
  }
  const { containerShell } = await import('./container-shell.ts');
  return containerShell(context, target, text);
}
