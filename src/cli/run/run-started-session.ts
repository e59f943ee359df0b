import type { SessionAws } from '../../aws/session-aws.ts';
import type { OpenSocket } from '../../socket/socket.ts';
import { createProcessHost } from './process-host.ts';
import { runSession } from '../../session/session.ts';
import { createSessionWaits } from '../progress/session-waits.ts';
import { createDeferred } from '../../lib/deferred.ts';
import { systemClock } from '../../lib/clock.ts';
import { createLineLogger } from '../../logging/line-logger.ts';
import { systemLogFileSystem } from '../../logging/file/log-file-system.ts';
import type { Logger } from '../../logging/logger.ts';
import { createLogging, type Logging } from '../../logging/logging.ts';
import type { StartSession } from '../invocation/caller-contract.ts';
import { endOrphanSession } from './orphan-sessions.ts';
import { openFirstSocket } from './gateway/first-socket.ts';
import { installDirectory } from './install-directory.ts';
import { SSH_DOCUMENT } from '../process/signals/hang-up.ts';
import { internalFailure, jsonFailure, programFailure } from './json-failures.ts';
import { messageOf } from '../../lib/errors/failure.ts';
import { sessionFailures } from '../../failures/session.ts';
import { watchFatalErrors, type FatalErrors } from '../process/fatal-errors.ts';
import { print } from '../process/print.ts';
import { requestedKind } from '../invocation/read-requested-kind.ts';
import { processOutputs, type ProcessOutputs } from '../process/process-outputs.ts';
import { CALLER_OPTIONS, type RunOptions } from './run-options.ts';
import { createSessionService } from './create-session-service.ts';
import { loadSessionAws } from './load-session-aws.ts';
import { bufferSignals, type BufferedSignals } from '../process/signals/process-signals.ts';
import { isConfigurationError } from '../../lib/errors/configuration-error.ts';
import { readSettings, type Settings } from '../process/settings.ts';
import { droppedTexts, limitTexts } from '../../lib/buffered-text.ts';
import { createCursorLine } from '../../terminal/cursor-line.ts';
import { createErrorLines, type ErrorLines } from './error-lines.ts';
import { printable, printableLines } from '../../lib/printable.ts';

/**
 * Runs the session that the caller has started through the SSM API.
 *
 * @param version - four dotted numbers
 * @param run - by default, what the AWS CLI and the programs like it rely on
 * @returns the exit status of the program
 * @throws the reason that the session cannot begin here, such as a missing file of the program; it is
 *   still open on the service then
 */
export async function startSession(
  session: StartSession,
  version: string,
  run: RunOptions = CALLER_OPTIONS,
): Promise<number> {
  const { presentation } = run;
  const signals = run.signals ?? bufferSignals(process, systemClock, isThisSessionLeader);
  const outputs = outputsOf(run);
  const errorLines = createErrorLines(outputs.stderr);
  let settings: Settings;
  try {
    settings = readSettings(process.env);
  } catch (error) {
    if (!isConfigurationError(error, 'setting')) throw error;
    const text = presentation.wording.cannotStart(error);
    if (presentation.failures === 'stdout') await print(text);
    else if (presentation.failures !== 'nowhere')
      writeFailure(
        errorLines,
        presentation.failures === 'json'
          ? jsonFailure({ reason: 'input', code: error.code, message: messageOf(error) })
          : text,
      );
    presentation.onEvent?.({ kind: 'session-ended', failure: error, reportedStatus: undefined });
    await endOrphanSession(session, run.credentials);
    return presentation.failureStatus;
  }
  // Certificates are always verified; with the variable set, Node.js would warn that they are not.
  Reflect.deleteProperty(process.env, 'NODE_TLS_REJECT_UNAUTHORIZED');
  const logging = openLog(run, outputs, errorLines);
  const exitCode = await runLogged({
    session,
    version,
    settings,
    run,
    outputs,
    errorLines,
    logger: logging.logger,
    signals,
  });
  await logging.close();
  return exitCode;
}

async function isThisSessionLeader(): Promise<boolean> {
  const { isProcessSessionLeader } = await import('../process/session-leader.ts');
  return isProcessSessionLeader(process.platform, process.pid, process.env);
}

function writeFailure(errorLines: ErrorLines, text: string): void {
  errorLines.write(printableLines(text));
}

function openLog(
  { logLevel }: RunOptions,
  { stderr }: ProcessOutputs,
  errorLines: ErrorLines,
): Logging {
  const limit = limitTexts(() => stderr, droppedTexts);
  const toStderr = (text: string): void => {
    const admitted = limit.admit();
    if (admitted !== undefined) errorLines.write(`${admitted.notice}${text}`);
  };
  if (logLevel !== undefined) {
    const logger = createLineLogger(logLevel, systemClock, toStderr);
    return { logger, close: () => Promise.resolve() };
  }
  return createLogging({
    env: process.env,
    platform: process.platform,
    installDirectory: installDirectory(process.execPath, process.platform),
    fs: systemLogFileSystem,
    clock: systemClock,
    // One line, because paths and contents of the file may have line breaks.
    warn: (text) => toStderr(`${printable(text)}\n`),
    console: toStderr,
  });
}

function outputsOf({ stdout, stderr }: RunOptions): ProcessOutputs {
  const own = processOutputs();
  return { stdout: stdout ?? own.stdout, stderr: stderr ?? own.stderr };
}

/** A session that can begin, and what it depends on. */
interface ReadySession {
  readonly session: StartSession;
  readonly version: string;
  readonly settings: Settings;
  readonly run: RunOptions;
  readonly outputs: ProcessOutputs;
  readonly errorLines: ErrorLines;
  readonly logger: Logger;
  readonly signals: BufferedSignals;
}

async function runLogged(ready: ReadySession): Promise<number> {
  const fatalErrors = ready.run.fatalErrors ?? watchFatalErrors(process, systemClock);
  const { promise: fatalError, resolve } = createDeferred<Error>();
  const forget = fatalErrors.onFirst(resolve);
  try {
    return await runWatched(ready, fatalErrors, fatalError);
  } finally {
    forget();
  }
}

/** @param fatalError - resolves with the first; it lives no longer than the session, unlike that of `fatalErrors` */
async function runWatched(
  ready: ReadySession,
  fatalErrors: FatalErrors,
  fatalError: Promise<Error>,
): Promise<number> {
  const { session, version, settings, run, outputs, errorLines, logger, signals } = ready;
  const waits = createSessionWaits(run.reportWait);
  const prepare = async (): Promise<{ aws: SessionAws; openSocket: OpenSocket }> => {
    const aws = await loadSessionAws(session, logger, run.credentials, waits.report);
    const openSocket = await openFirstSocket(session.streamUrl, aws, waits.report);
    return { aws, openSocket };
  };
  // The session, once it runs, watches over itself.
  const { aws, openSocket } = await Promise.race([
    prepare(),
    fatalError.then((error) => Promise.reject(error)),
  ]);
  const host = createProcessHost({
    settings,
    run,
    outputs,
    line: run.line ?? createCursorLine(),
    logger,
    signals,
    onFatalError: fatalErrors.onFatalError,
    isSsh: session.documentName.endsWith(SSH_DOCUMENT),
    openSocket,
    reportAgentWait: () => waits.report({ name: 'the SSM Agent', place: session.target }),
    stopWaiting: () => waits.stop(),
    service: createSessionService(session, aws),
  });
  if (run.streams.kind === 'process') errorLines.shareTerminal(host.terminal);
  run.begins?.();
  const exited = runSession(
    {
      session,
      settings,
      clientVersion: version,
      requested: run.requested ?? requestedKind(session),
      encryptionRefusal: session.canEncrypt
        ? undefined
        : sessionFailures['encryption-unsupported-by-caller'](),
      agentLimit: run.agentLimit,
      agentAbsenceLimit: run.agentAbsenceLimit,
      gathering: run.gathering,
    },
    host,
  );
  const end = await Promise.race([exited, fatalError]);
  if (typeof end === 'number') return end;
  // Otherwise the caller that watches for fatal errors reports them.
  if (run.fatalErrors === undefined) {
    const asJson = run.presentation.failures === 'json';
    const failure = internalFailure(end, 'plugin');
    const { code, reason } = failure;
    writeFailure(errorLines, programFailure({ reason, code, message: messageOf(failure) }, asJson));
  }
  await fatalErrors.handled;
  return run.presentation.failureStatus;
}
