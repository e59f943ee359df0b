import type { Command } from 'commander';
import { AwsError, isAwsError } from '../../aws/aws-error.ts';
import { CommandError, type CommandContext } from './command-context.ts';
import { examples } from './command-line.ts';
import { openSession } from './open-session.ts';
import { quoteForShell } from './quote-for-shell.ts';
import { resolveTarget } from './resolve-target.ts';

/** Runs one command without a terminal; with separate output its status is reported, too. */
const DOCUMENT = 'AWS-StartNonInteractiveCommand';
const INTERACTIVE_DOCUMENT = 'AWS-StartInteractiveCommand';

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
    .argument('<target>', 'where the command runs')
    .argument('<command...>', 'behind --, so that its options are its own')
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
        targetText: string,
        words: readonly string[],
        { reason }: { readonly reason?: string },
      ) => {
        const command = words.join(' ');
        if (command.trim() === '') throw new CommandError('the command behind -- is empty');
        const target = await resolveTarget(context, targetText);
        const request = {
          target,
          documentName: DOCUMENT,
          parameters: { command: [command], separateOutputStream: ['true'] },
          ...(reason === undefined ? {} : { reason }),
        };
        const interactively = interactiveWay(target, command);
        try {
          const status = await openSession(context, request, {
            texts: 'nowhere',
            withoutExitStatus: (agentVersion) => withoutExitStatus(agentVersion, interactively),
          });
          context.exitWith(status);
        } catch (error) {
          if (!isAwsError(error) || error.reason !== 'invalid') throw error;
          throw new AwsError(error.reason, `${error.message}\n${documentHint(interactively)}`);
        }
      },
    );
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

function documentHint(interactively: string): string {
  return (
    `The document ${DOCUMENT} may be too old or not available here. ` +
    `Interactively, without an exit status:\n  ${interactively}`
  );
}
