import { callFailures } from '../../failures/calls.ts';
import { commandFailures } from '../../failures/commands.ts';
import { runInTerminal } from '../../failures/remedies.ts';
import { sessionFailures } from '../../failures/session.ts';
import type { SessionFailure } from '../../session/ending.ts';
import type { Command } from 'commander';
import { Option } from 'commander';
import { AwsError, isAwsError } from '../../aws/sdk/aws-error.ts';
import { printable } from '../../lib/printable.ts';
import { quoteForShell } from '../../lib/quote-for-shell.ts';
import { CommandError, type CommandContext } from '../../cli/framework/command-context.ts';
import { examples } from '../../cli/framework/command-line.ts';
import type { CommandHelp } from '../../cli/framework/help/help-page.ts';
import {
  PUBLIC_SETTINGS,
  readCommandDocument,
  type CommandSettings,
} from '../../cli/remote/command-document.ts';
import { createCommandOutput, type CommandOutput } from '../../cli/remote/command-output.ts';
import { DOCUMENT, inspectTarget, type TargetFacts } from '../../cli/remote/inspect-target.ts';
import {
  chooseShell,
  SHELL_NAMES,
  wrapScript,
  type ShellName,
} from '../../cli/remote/remote-shell.ts';
import { INTERACTIVE_DOCUMENT } from '../../cli/remote/start-raw-command.ts';
import { EXIT_OWN_FAILURE } from '../../cli/framework/failure.ts';
import { usageError } from '../../cli/framework/usage/usage-error.ts';
import { openSession } from '../../cli/run/open-session.ts';
import { findTarget, type ResolvedTarget } from '../../cli/target/resolve-target.ts';

/** Ends the options of the program, and begins the command. */
const SEPARATOR = '--';

/** What the agent reports of a command that a signal has ended (Go, `ExitError.ExitCode`). */
const KILLED = -1;

/** Errors of StartSession that may be about the document and its parameters. */
const DOCUMENT_ERRORS: ReadonlySet<string> = new Set(['InvalidDocument', 'InvalidParameters']);

interface ExecOptions {
  readonly reason?: string;
  readonly shell?: ShellName;
}

/** `exec TARGET -- command…`: the remote command's output and exit status, and nothing else. */
export function configureExec(command: Command, context: CommandContext): CommandHelp {
  command
    .description(
      'Runs one command on a target, and passes on its stdout, stderr and exit status. The command gets ' +
        'no input: exec does not read stdin.\n' +
        'The command is a line for a shell on the target: sh on Linux and macOS, PowerShell on Windows. ' +
        'As with ssh, the words after -- are joined into one line, with spaces between them. Quote ' +
        'pipes and variables that are for the target.',
    )
    .usage('[options] [target] -- command...')
    .argument(
      '[target]',
      'machine to run the command on: id, Name tag, private address or host name',
    )
    .argument('[command...]', 'the command to run and its arguments, after --')
    .addOption(
      new Option('--shell <name>', 'shell on the target that runs the command').choices(
        SHELL_NAMES,
      ),
    )
    .option('--reason <text>', 'note for the session history')
    .action(async (_target: unknown, _words: unknown, options: ExecOptions, self: Command) => {
      const { targetText, words } = readOperands(self.args, context.args);
      if (words.length === 0) {
        throw usageError(self, 'There is no command to run.', [
          'Write it after --, for example: `session-manager-plugin exec web -- uptime`.',
        ]);
      }
      const script = words.join(' ');
      if (script.trim() === '') throw new CommandError(commandFailures['command-empty']());
      const target = await findTarget(context, targetText);
      context.exitWith(await run(context, target, script, options));
    });
  return {
    unknownOptionHint: 'Put -- before the command to run: what follows it is not read as options.',
    examples: examples(
      'exec i-0123456789abcdef0 -- uname -a',
      "exec i-0123456789abcdef0 -- 'df -h / | tail -n 1'",
      'exec i-0123456789abcdef0 -- systemctl is-active nginx || echo "not running"',
      "exec i-0123456789abcdef0 --shell bash -- 'echo {1..3}'",
    ),
  };
}

/** The words after `--` are the command. Without a word before it, no target is named. */
function readOperands(
  operands: readonly string[],
  args: readonly string[],
): { readonly targetText: string | undefined; readonly words: readonly string[] } {
  const separator = args.indexOf(SEPARATOR);
  const afterSeparator = separator === -1 ? [] : args.slice(separator + 1);
  const isTargetNamed = afterSeparator.length < operands.length;
  return isTargetNamed
    ? { targetText: operands[0], words: operands.slice(1) }
    : { targetText: undefined, words: operands };
}

/** @returns the exit status */
async function run(
  context: CommandContext,
  target: ResolvedTarget,
  script: string,
  { reason, shell }: ExecOptions,
): Promise<number> {
  const facts = await inspectTarget(context, target);
  const chosen = chooseShell({ platform: facts.platform, shell });
  const command = wrapScript(script, chosen);
  const isContainer = target.id.startsWith('ecs:');
  // In containers, too, the agent runs no shell for an interactive command.
  const readsScript = chosen === 'sh' && !isContainer;
  const interactively = interactiveWay(target.id, readsScript ? script : command);
  const settings = settingsOf(facts, interactively);
  const request = {
    target: target.id,
    documentName: DOCUMENT,
    parameters: { command: [command], ...settings.parameters },
    ...(reason === undefined ? {} : { reason }),
  };
  const output = createCommandOutput(settings);
  try {
    const status = await openSession(context, request, {
      texts: 'nowhere',
      targetTitle: target.title,
      input: 'nothing',
      outputFilter: output.filter,
      missingExitStatus: (agentVersion) => withoutExitStatus(agentVersion, interactively),
    });
    hintAtShell(context, facts, output);
    if (status === KILLED) context.output.notify('The command was ended by a signal.');
    return status === KILLED ? EXIT_OWN_FAILURE : status;
  } catch (error) {
    if (!isAwsError(error)) throw error;
    const why = whyRefused(error, facts);
    if (why === undefined) throw error;
    throw new AwsError(
      { ...callFailures['exec-document-refused'](why, interactively), reason: error.reason },
      error.awsName,
    );
  }
}

/** @throws CommandError when the document cannot report an exit status */
function settingsOf({ document, platform }: TargetFacts, interactively: string): CommandSettings {
  if (typeof document === 'string') return PUBLIC_SETTINGS;
  const settings = readCommandDocument(document, platform);
  if (settings !== undefined) return settings;
  throw new CommandError(
    commandFailures['document-without-status'](DOCUMENT, runInTerminal(interactively)),
  );
}

/** A sentence, when it is the document that StartSession has refused. */
function whyRefused({ awsName }: AwsError, { document }: TargetFacts): string | undefined {
  if (!DOCUMENT_ERRORS.has(awsName)) return undefined;
  switch (document) {
    case 'missing':
      return `there is no document ${DOCUMENT} in this region`;
    case 'unknown':
      return `the document ${DOCUMENT} of this region may be too old`;
    default:
      return undefined;
  }
}

/** Reports which shell to name when a target of unknown platform has another one. */
function hintAtShell(
  context: CommandContext,
  { platform }: TargetFacts,
  { target }: CommandOutput,
) {
  if (platform !== undefined || target === undefined) return;
  const hint =
    target === 'is-windows'
      ? 'The target runs Windows. Add --shell powershell.'
      : 'The target does not run Windows. Leave out --shell powershell.';
  context.output.notify(hint);
}

/** The command line for the same command in a terminal on the target. */
function interactiveWay(target: string, command: string): string {
  return [
    ...['session-manager-plugin', 'start-session', '--target', quoteForShell(target)],
    ...['--document-name', INTERACTIVE_DOCUMENT],
    ...['--parameters', quoteForShell(JSON.stringify({ command: [command] }))],
  ].join(' ');
}

function withoutExitStatus(agentVersion: string, interactively: string): SessionFailure {
  const agent =
    agentVersion === '' ? 'The agent' : `The agent (version ${printable(agentVersion)})`;
  return sessionFailures['exit-status-missing'](agent, interactively);
}
