import { CommandError } from '../../../cli/framework/command-context.ts';
import { s3Failures } from '../../../failures/copies/s3.ts';
import { SessionError } from '../../../lib/errors/session-error.ts';
import { asError } from '../../../lib/errors/as-error.ts';
import { printable } from '../../../lib/printable.ts';
import { withTimeout } from '../../../lib/with-timeout.ts';
import { errorOf } from '../up/run-tree.ts';
import { sessionTools, type UploadHost } from '../up/run-upload.ts';
import {
  NO_CHUNKS,
  openReceiverSession,
  type ReceiverSession,
  type ScriptResult,
  type ScriptResults,
} from '../up/sessions/receiver-session.ts';
import type { Destination } from '../up/target/destination.ts';
import { enterDestination } from '../up/destination-steps.ts';
import { explainProblem, pathText, throwProblem } from '../up/explain-problem.ts';

/** A session in which the target runs scripts. */
export interface TargetShell {
  /**
   * Runs a script, and returns its results.
   *
   * @param onResult - takes each result as it comes
   * @throws an error about the problem that the script reports, or about the end of the session
   */
  readonly run: (
    script: Buffer,
    onResult?: (name: string, value: string) => void,
  ) => Promise<ScriptResults>;
  /** For the steps of an upload. */
  readonly session: ReceiverSession;
  /** @throws the error of a session that has ended */
  readonly ended: () => never;
}

/** How long cleanup on the target may take, in milliseconds: the target may be lost. */
const TARGET_CLEANUP_MS = 20_000;

/**
 * Runs work in a session on the target, which has ended afterwards.
 *
 * @param path - of the target, for messages
 * @param signal - ends the session; its reason is thrown
 */
export async function onTarget<T>(
  host: Pick<UploadHost, 'start' | 'clock'>,
  path: Buffer,
  signal: AbortSignal,
  work: (shell: TargetShell) => Promise<T>,
): Promise<T> {
  signal.throwIfAborted();
  // The session ends with an error of the work, too.
  const stop = new AbortController();
  const whole = AbortSignal.any([signal, stop.signal]);
  const session = await openReceiverSession(sessionTools({ path }, host, whole), NO_CHUNKS);
  const ended = (): never => {
    signal.throwIfAborted();
    throw errorOf(session, path) ?? new Error('the session was stopped');
  };
  try {
    const result = await work({
      session,
      ended,
      run: async (script, onResult) => {
        const ran: ScriptResult | undefined = await session.run(script, onResult);
        if (ran === undefined) return ended();
        throwTargetProblem(path, ran.results);
        return ran.results;
      },
    });
    await session.quit();
    return result;
  } catch (error) {
    stop.abort();
    await session.quit();
    signal.throwIfAborted();
    throw asError(error);
  }
}

/**
 * Runs a last script on the target, after a failure or an interruption. It fails silently: what has failed before is
 * what matters.
 */
export async function cleanUp(
  host: Pick<UploadHost, 'start' | 'clock'>,
  path: Buffer,
  script: Buffer,
): Promise<void> {
  const limit = new AbortController();
  const done = onTarget(host, path, limit.signal, ({ run }) => run(script)).then(
    () => undefined,
    () => undefined,
  );
  await withTimeout(host.clock, TARGET_CLEANUP_MS, done, () => limit.abort());
}

/**
 * Enters the directory that another session has made.
 *
 * @throws CommandError when it is not the same any more; the error of a session that has ended
 */
export async function enterPrepared(
  { session, ended }: TargetShell,
  destination: Destination,
): Promise<void> {
  const entered = (await enterDestination(session, { destination, keeps: false })) ?? ended();
  if (entered === 'missing') throw explainProblem(destination.path, 'foreign', '');
}

function throwTargetProblem(path: Buffer, results: ScriptResults): void {
  const problem = results.get('problem');
  if (problem === 'tool') {
    throw new CommandError(s3Failures['s3-tool-missing'](pathText(path), 'curl or wget'));
  }
  if (problem === 'unreadable') {
    throw new CommandError(s3Failures['s3-source-unreadable'](pathText(path), ''));
  }
  if (problem === 'room') {
    throw new CommandError(s3Failures['s3-no-room'](pathText(path)));
  }
  throwProblem(path, results);
}

/** What a script reports about a request. */
interface RequestResults {
  get(name: 'text'): string | undefined;
}

/** A URL in the text of a program is a secret. */
const URL_TEXT = /https?:\/\/\S*/gi;

/**
 * A failed request of the target.
 *
 * @param results - of its script
 */
export function requestError(path: Buffer, results: RequestResults, status = ''): SessionError {
  const text = (results.get('text') ?? '').replace(URL_TEXT, '(URL)').trim();
  const why = text === '' ? `status ${status}` : text;
  return new SessionError(s3Failures['s3-target-failed'](pathText(path), printable(why)));
}
