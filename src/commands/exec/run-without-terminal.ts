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
import { SessionError } from '../../lib/errors/session-error.ts';
import { printable } from '../../lib/printable.ts';
import { quoteForShell } from '../../lib/quote-for-shell.ts';
import type { SessionFailure } from '../../session/ending.ts';
import { decodeStdout, type EncodedOutput } from './base64-output.ts';
import { commandText } from './command-line.ts';
import type { ExecRun } from './exec-run.ts';

/** What the agent reports of a command that a signal has ended (Go, `ExitError.ExitCode`). */
const KILLED = -1;

/** Errors of StartSession that may be about the document and its parameters. */
const DOCUMENT_ERRORS: ReadonlySet<string> = new Set(['InvalidDocument', 'InvalidParameters']);

/** How a command without a terminal ended. */
export interface CommandEnd {
  /** The exit status. */
  readonly status: number;
  /** Whether the target has reported it; otherwise a signal has ended the command, or a failure that was reported. */
  readonly isReported: boolean;
}

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
 * @throws SessionError when the command has ended, but not all of its output has come
 */
export async function runWithoutTerminal(
  run: ExecRun,
  input: CommandInput | undefined,
): Promise<CommandEnd> {
  const { context, target, reason } = run.remote;
  const facts = await run.remote.facts();
  const interactively = interactiveWay(run);
  const settings = settingsOf(facts, runInTerminal(interactively));
  const output = createCommandOutput(settings);
  const encoded = run.isBinary ? decodeStdout(output.filter) : undefined;
  let reportedStatus: number | undefined;
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
      outputFilter: encoded?.filter ?? output.filter,
      missingExitStatus: (agentVersion) => withoutExitStatus(agentVersion, interactively),
      onEvent(event) {
        if (event.kind === 'session-ended') ({ reportedStatus } = event);
      },
      ...(input === undefined ? {} : { acquired: input.acquired }),
    });
    const isReported = status === reportedStatus;
    hintAtShell(context, facts, output);
    if (status === KILLED) context.output.notify('The command was ended by a signal.');
    else if (isReported && encoded !== undefined) checkWhole(encoded, status);
    return { status: status === KILLED ? EXIT_OWN_FAILURE : status, isReported };
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

/** A command that failed may have failed before its output began. @throws SessionError */
function checkWhole({ state }: EncodedOutput, status: number): void {
  if (state === 'cut-off' || (state === 'not-begun' && status === 0)) {
    throw new SessionError(sessionFailures['output-cut-off']());
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
