import type { Command } from 'commander';
import { AwsError, isAwsError } from '../../aws/aws-error.ts';
import type { Fleet } from '../../aws/fleet.ts';
import { CommandError, type CommandContext } from './command-context.ts';
import { examples } from './command-line.ts';
import { openSession } from './open-session.ts';
import { quoteForShell } from '../../quote-for-shell.ts';
import { resolveTarget } from './resolve-target.ts';

/** Runs one command without a terminal; with separate output its status is reported, too. */
const DOCUMENT = 'AWS-StartNonInteractiveCommand';
/** Parts stdout and stderr, and reports the exit status; older documents do not have it. */
const SEPARATE_OUTPUT = 'separateOutputStream';
const INTERACTIVE_DOCUMENT = 'AWS-StartInteractiveCommand';

/** Ends the options of the program, and begins the command. */
const SEPARATOR = '--';

/** `exec TARGET -- command…`: the remote command's output and exit status, and nothing else. */
export function registerExec(program: Command, context: CommandContext): void {
  program
    .command('exec')
    .summary('one command on a target, with its output and exit status')
    .description(
      'Runs one command on a target. Its stdout, stderr and exit status become those of the program. ' +
        'Several words are joined with spaces and read by the shell of the target, as with ssh.',
    )
    .showHelpAfterError('Put -- in front of the command, so that its options are its own.')
    .usage('[options] [target] -- command...')
    .argument('[target]', 'where the command runs')
    .argument('[command...]', 'behind --, so that its options are its own')
    .option('--reason <text>', 'why, for the history of sessions')
    .addHelpText(
      'after',
      examples(
        'exec i-0123456789abcdef0 -- uname -a',
        "exec i-0123456789abcdef0 -- 'df -h / | tail -n 1'",
        'exec i-0123456789abcdef0 -- systemctl is-active nginx || echo "not running"',
      ),
    )
    .action(
      async (
        _target: unknown,
        _words: unknown,
        { reason }: { readonly reason?: string },
        self: Command,
      ) => {
        const { targetText, words } = readOperands(self.args, context.args);
        if (words.length === 0) self.error("error: missing required argument 'command'");
        const command = words.join(' ');
        if (command.trim() === '') throw new CommandError('the command behind -- is empty');
        const target = await resolveTarget(context, targetText);
        context.exitWith(await run(context, target, command, reason));
      },
    );
}

/** What stands behind `--` is the command; with nothing in front of it no target is named. */
function readOperands(
  operands: readonly string[],
  args: readonly string[],
): { readonly targetText: string | undefined; readonly words: readonly string[] } {
  const separator = args.indexOf(SEPARATOR);
  const behind = separator === -1 ? [] : args.slice(separator + 1);
  const isTargetNamed = behind.length < operands.length;
  return isTargetNamed
    ? { targetText: operands[0], words: operands.slice(1) }
    : { targetText: undefined, words: operands };
}

/** @returns the exit status */
async function run(
  context: CommandContext,
  target: string,
  command: string,
  reason: string | undefined,
): Promise<number> {
  const request = {
    target,
    documentName: DOCUMENT,
    parameters: { command: [command], [SEPARATE_OUTPUT]: ['true'] },
    ...(reason === undefined ? {} : { reason }),
  };
  const interactively = interactiveWay(target, command);
  try {
    return await openSession(context, request, {
      texts: 'nowhere',
      withoutExitStatus: (agentVersion) => withoutExitStatus(agentVersion, interactively),
    });
  } catch (error) {
    if (!isAwsError(error) || error.reason !== 'invalid') throw error;
    const why = await whyRefused(await context.fleet());
    throw new AwsError(
      error.reason,
      `${error.message}\n${why} Interactively, without an exit status:\n  ${interactively}`,
    );
  }
}

/** Looks at the document, when StartSession has refused it or a parameter. A sentence. */
async function whyRefused(fleet: Fleet): Promise<string> {
  try {
    const { parameters } = await fleet.document(DOCUMENT);
    return parameters.includes(SEPARATE_OUTPUT)
      ? `The document ${DOCUMENT} is not to blame: it takes ${SEPARATE_OUTPUT}.`
      : `The document ${DOCUMENT} is too old here: it has no parameter ${SEPARATE_OUTPUT}.`;
  } catch (error) {
    if (!isAwsError(error)) throw error;
    return error.reason === 'not-found'
      ? `There is no document ${DOCUMENT} here.`
      : `The document ${DOCUMENT} may be too old or not available here.`;
  }
}

/** The command line for the same command in a terminal on the target. */
function interactiveWay(target: string, command: string): string {
  return [
    ...['session-manager-plugin', 'start-session', '--target', quoteForShell(target)],
    ...['--document-name', INTERACTIVE_DOCUMENT],
    ...['--parameters', quoteForShell(JSON.stringify({ command: [command] }))],
  ].join(' ');
}

function withoutExitStatus(agentVersion: string, interactively: string): string {
  const agent = agentVersion === '' ? 'the agent' : `the agent (version ${agentVersion})`;
  return (
    `session-manager-plugin: ${agent} reported no exit status: the command was cut off, or the ` +
    `agent is too old and needs an update. Interactively, without a status:\n  ${interactively}`
  );
}
