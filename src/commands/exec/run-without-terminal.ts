import { AwsError, isAwsError } from '../../aws/sdk/aws-error.ts';
import type { CommandContext } from '../../cli/framework/command-context.ts';
import { EXIT_OWN_FAILURE } from '../../cli/framework/failure.ts';
import type { AcquiredSignals } from '../../cli/process/signals/command-signals.ts';
import { settingsOf } from '../../cli/remote/command-document.ts';
import { createCommandOutput, type CommandOutput } from '../../cli/remote/command-output.ts';
import { DOCUMENT, type TargetFacts } from '../../cli/remote/inspect-target.ts';
import { isContainer } from '../../cli/remote/remote-shell.ts';
import { INTERACTIVE_DOCUMENT } from '../../cli/remote/start-raw-command.ts';
import { openSession } from '../../cli/run/open-session.ts';
import { callFailures } from '../../failures/calls.ts';
import { runInTerminal } from '../../failures/remedies.ts';
import { sessionFailures } from '../../failures/session.ts';
import { printable } from '../../lib/printable.ts';
import { quoteForShell } from '../../lib/quote-for-shell.ts';
import type { SessionFailure } from '../../session/ending.ts';
import { decodeStdout } from './base64-output.ts';
import { commandText } from './command-line.ts';
import type { ExecRun } from './exec-run.ts';

/** What the agent reports of a command that a signal has ended (Go, `ExitError.ExitCode`). */
const KILLED = -1;

/** Errors of StartSession that may be about the document and its parameters. */
const DOCUMENT_ERRORS: ReadonlySet<string> = new Set(['InvalidDocument', 'InvalidParameters']);

/** Input of a command that a session of its own carries. */
export interface CommandInput {
  /** A word that names the FIFO on the target. */
  readonly fifo: string;
  /** The signals of the command so far, and a reason to end it. */
  readonly acquired: AcquiredSignals;
}

/**
 * Runs a command without a terminal: its outputs stay apart.
 *
 * @param input - undefined for none
 * @returns the exit status
 */
export async function runWithoutTerminal(
  run: ExecRun,
  input: CommandInput | undefined,
): Promise<number> {
  const { context, target, reason } = run.remote;
  const facts = await run.remote.facts();
  const interactively = interactiveWay(run);
  const settings = settingsOf(facts, runInTerminal(interactively));
  const output = createCommandOutput(settings);
  const request = {
    target: target.id,
    documentName: DOCUMENT,
    parameters: { command: [commandText(run, input?.fifo)], ...settings.parameters },
    ...(reason === undefined ? {} : { reason }),
  };
  try {
    const status = await openSession(context, request, {
      texts: 'nowhere',
      targetTitle: target.title,
      input: 'nothing',
      outputFilter: run.isBinary ? decodeStdout(output.filter) : output.filter,
      missingExitStatus: (agentVersion) => withoutExitStatus(agentVersion, interactively),
      ...(input === undefined ? {} : { acquired: input.acquired }),
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
): void {
  if (platform !== undefined || target === undefined) return;
  const hint =
    target === 'is-windows'
      ? 'The target runs Windows. Add --shell powershell.'
      : 'The target does not run Windows. Leave out --shell powershell.';
  context.output.notify(hint);
}

/** The command line for the same command in a terminal on the target. */
function interactiveWay({ remote: { target }, script, shell, words }: ExecRun): string {
  // In containers, too, the agent runs no shell for an interactive command.
  const readsScript = shell === 'sh' && !isContainer(target.id);
  return [
    ...['session-manager-plugin', 'start-session', '--target', quoteForShell(target.id)],
    ...['--document-name', INTERACTIVE_DOCUMENT],
    ...['--parameters', quoteForShell(JSON.stringify({ command: [readsScript ? script : words] }))],
  ].join(' ');
}

function withoutExitStatus(agentVersion: string, interactively: string): SessionFailure {
  const agent =
    agentVersion === '' ? 'The agent' : `The agent (version ${printable(agentVersion)})`;
  return sessionFailures['exit-status-missing'](agent, interactively);
}
