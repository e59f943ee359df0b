import { spawn, type ChildProcessWithoutNullStreams } from 'node:child_process';
import { existsSync } from 'node:fs';
import type { ReportedError } from '../../cli/background/connection-status.ts';
import {
  MAX_REPORT_BYTES,
  reportIn,
  RUN_CONNECTION,
  type ProcessReport,
} from '../../cli/background/process-report.ts';
import { programCommand, programFile } from '../../cli/background/program-command.ts';
import type { Job, Surroundings } from '../../cli/background/protocol.ts';
import { readLines } from '../../cli/remote/read-lines.ts';
import { backgroundFailures } from '../../failures/background.ts';
import type { Clock, Timer } from '../../lib/clock.ts';
import { messageOf, type Failure } from '../../lib/errors/failure.ts';
import { systemCode } from '../../lib/errors/system-error.ts';
import { environmentForPrograms } from '../../lib/find-program.ts';

/** A process that forwards the ports of one connection. */
export interface ConnectionProcess {
  /** Undefined when it could not be started. */
  readonly pid: number | undefined;
  /** Ends it, as Ctrl-C ends `forward`. */
  end(): void;
}

/** What its process does. */
export interface ProcessEvents {
  readonly reported: (report: ProcessReport) => void;
  /** A message for people. */
  readonly wrote: (line: string) => void;
  /** It has ended, or could not be started. `isReported`: it has written the reason itself. */
  readonly ended: (error: ReportedError, isReported: boolean) => void;
}

/** Longer than the longest time in which `forward` ends its sessions on the service. */
const PROCESS_END_LIMIT_MS = 10_000;
const MAX_LOG_LINE_BYTES = 4 * 1024;

/**
 * Starts the process of a connection. Its stdin stays open as long as this process lives: when it is closed, also
 * because this process was killed, the process ends.
 */
export function startConnectionProcess(
  job: Job,
  { directory, env }: Surroundings,
  clock: Clock,
  events: ProcessEvents,
): ConnectionProcess {
  const [file, ...args] = programCommand();
  let failure: ReportedError | undefined;
  let killing: Timer | undefined;
  let hasEnded = false;
  const finish = (error: ReportedError): void => {
    if (hasEnded) return;
    hasEnded = true;
    killing?.cancel();
    events.ended(failure ?? error, failure !== undefined);
  };
  const receive = (line: Buffer): void => {
    const report = reportIn(line.toString());
    if (report?.report === 'failed') failure = report.error;
    if (report !== undefined) events.reported(report);
  };
  const start = (): ChildProcessWithoutNullStreams =>
    spawn(file, [...args, RUN_CONNECTION, job.name], {
      cwd: directory !== null && existsSync(directory) ? directory : '/',
      env: environmentForPrograms(env),
      windowsHide: true,
      stdio: 'pipe',
    });
  let child: ChildProcessWithoutNullStreams;
  try {
    child = start();
  } catch (error) {
    // Such as variables that are too long for the system.
    queueMicrotask(() => finish(reported(notFound(systemCode(error)))));
    return { pid: undefined, end: () => undefined };
  }
  child.once('error', (error) => finish(reported(notFound(systemCode(error)))));
  child.once('close', (status, signal) => finish(reported(unexpectedEnd(status, signal))));
  // It may end before it has read its job.
  child.stdin.on('error', () => undefined);
  child.stdin.write(`${JSON.stringify(job)}\n`);
  child.stdout.pipe(readLines(MAX_REPORT_BYTES, receive));
  child.stderr.pipe(readLines(MAX_LOG_LINE_BYTES, (line) => events.wrote(line.toString())));
  return {
    pid: child.pid,
    end() {
      child.stdin.end();
      killing ??= clock.after(PROCESS_END_LIMIT_MS, () => void child.kill('SIGKILL'));
    },
  };
}

function unexpectedEnd(status: number | null, signal: NodeJS.Signals | null): Failure<'session'> {
  if (!existsSync(programFile())) return notFound('there is no such file');
  const how = signal ?? `exit status ${status ?? 'unknown'}`;
  return backgroundFailures['connection-process-ended'](how);
}

function notFound(why: string): Failure<'session'> {
  return backgroundFailures['program-not-found'](programFile(), why);
}

function reported(failure: Failure<'session'>): ReportedError {
  return { reason: failure.reason, code: failure.code, message: messageOf(failure) };
}
