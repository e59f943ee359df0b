import { CommandError } from '../../../cli/framework/command-context.ts';
import type { Clock } from '../../../lib/clock.ts';
import { asError } from '../../../lib/errors/as-error.ts';
import { uploadFailures } from '../../../failures/copies/upload.ts';
import { closeSource, type UploadSource } from './chunks/chunk-source.ts';
import { pathText } from './explain-problem.ts';
import {
  NO_CHUNKS,
  openReceiverSession,
  type SessionTools,
  type StartReceiver,
} from './sessions/receiver-session.ts';
import { runPool, type PoolWork } from './sessions/session-pool.ts';
import type { Destination } from './target/destination.ts';
import { removeScript } from './target/file-scripts.ts';
import { createUploadJob } from './upload-job.ts';

/**
 * Bytes of a file for each session: in the time that another one needs to start, a session sends as much
 * (docs/design/agent.md#ports).
 */
const BYTES_PER_SESSION = 1024 * 1024;
/** How long the cleanup on the target may take after a failure, in milliseconds: the target may be lost. */
const REMOVE_TIMEOUT_MS = 20_000;

/** A copy of one file to a target. */
export interface UploadRequest {
  readonly source: UploadSource;
  /** Absolute, or relative to the home of the session user. */
  readonly destination: Buffer;
  /** Permission bits, at most 0o7777. Without `modifiedAt`, less those of the user's umask there. */
  readonly mode: number;
  /**
   * The time of the last change that the file gets there, in whole seconds, with exactly `mode`. Without it, a file
   * that is replaced keeps its mode.
   */
  readonly modifiedAt?: Date | undefined;
  /** Whether root writes it, by `sudo -n`. */
  readonly sudo: boolean;
  /** Sessions side by side, at most; small files need fewer. */
  readonly sessions: number;
  /** Whether an unfinished copy is kept, and used by the next one. */
  readonly resume: boolean;
  /** Stops the copy. */
  readonly signal: AbortSignal;
  /**
   * @param done - bytes of the file that are on the target
   * @param resumed - how many of them were there before
   */
  progress(done: number, resumed: number): void;
}

/** How a copy has ended. `partial` is what is left of it on the target. */
export type UploadEnd =
  | { readonly kind: 'done'; readonly bytes: number; readonly sha256: string }
  | { readonly kind: 'failed'; readonly error: Error; readonly partial?: Buffer | undefined }
  | { readonly kind: 'stopped'; readonly partial?: Buffer | undefined };

/** What a copy works with. */
export interface UploadHost {
  /** @param signal - ends the session, also while it is being started */
  start(signal: AbortSignal): StartReceiver;
  readonly clock: Clock;
  /** A name that no other copy uses: lowercase letters and digits. */
  readonly name: string;
  /** Whether the target has a program that computes SHA-256. */
  readonly canHash: boolean;
  /** Called with the length of each chunk that is stored and not used any more. */
  freeSent(bytes: number): void;
}

/** Copies a file. The old file at the destination stays as it is until the new one is whole. */
export async function runUpload(request: UploadRequest, host: UploadHost): Promise<UploadEnd> {
  const { source, resume } = request;
  if (!host.canHash) return { kind: 'failed', error: lacksHash(request.destination) };
  const destination: Destination = {
    kind: 'file',
    copy: host.name,
    path: request.destination,
    suffix: resume ? 'part' : `${host.name}.part`,
  };
  const job = createUploadJob({
    source,
    size: source.kind === 'file' ? source.size : undefined,
    destination,
    mode: request.mode,
    modifiedAt: request.modifiedAt,
    keeps: resume,
    progress: (done, resumed) => request.progress(done, resumed),
    freeSent: (bytes) => host.freeSent(bytes),
  });
  const useful =
    source.kind === 'file' ? Math.ceil(source.size / BYTES_PER_SESSION) : request.sessions;
  const sessions = Math.max(1, Math.min(request.sessions, useful));
  const end = await runSessions(job, sessions, request.signal, (signal) =>
    sessionTools(destination, host, signal),
  );
  closeSource(source);
  if (end === 'finished') return { kind: 'done', bytes: job.bytes, sha256: job.sha256() };
  const isLeft = job.hasBegun && (resume || !(await remove(destination, host)));
  const partial = isLeft ? job.partial : undefined;
  return end === 'stopped' ? { kind: 'stopped', partial } : { ...end, partial };
}

/** Runs the sessions until the work is finished, has failed or is stopped. All of them have ended then. */
async function runSessions(
  work: PoolWork & { close(): void },
  sessions: number,
  signal: AbortSignal,
  toolsOf: (signal: AbortSignal) => SessionTools,
): Promise<'finished' | 'stopped' | { readonly kind: 'failed'; readonly error: Error }> {
  if (isAborted(signal)) return 'stopped';
  const controller = new AbortController();
  controller.signal.addEventListener('abort', () => work.close(), { once: true });
  const stop = (): void => controller.abort();
  signal.addEventListener('abort', stop, { once: true });
  try {
    const options = { ...toolsOf(controller.signal), sessions, controller };
    return (await runPool(work, options)) ? 'finished' : 'stopped';
  } catch (error) {
    return isAborted(signal) ? 'stopped' : { kind: 'failed', error: asError(error) };
  } finally {
    signal.removeEventListener('abort', stop);
  }
}

/** It may have changed since the last look. */
function isAborted(signal: AbortSignal): boolean {
  return signal.aborted;
}

/** The target has no program that computes SHA-256. */
export function lacksHash(path: Buffer): Error {
  const tools = 'sha256sum, shasum and openssl';
  return new CommandError(uploadFailures['upload-tool-missing'](pathText(path), tools));
}

/** What the sessions of a copy work with, until the signal ends them. */
export function sessionTools(
  { path }: Pick<Destination, 'path'>,
  host: Pick<UploadHost, 'start' | 'clock'>,
  signal: AbortSignal,
): SessionTools {
  return {
    start: host.start(signal),
    clock: host.clock,
    stalled: () => new CommandError(uploadFailures['upload-stalled'](pathText(path))),
  };
}

/**
 * Removes what a copy has left on the target. Its session has ended then, also after the time limit.
 *
 * @returns whether nothing is left on the target
 */
export async function remove(destination: Destination, host: UploadHost): Promise<boolean> {
  const controller = new AbortController();
  const limit = host.clock.after(REMOVE_TIMEOUT_MS, () => controller.abort());
  const tools = sessionTools(destination, host, controller.signal);
  const session = await openReceiverSession(tools, NO_CHUNKS);
  const ran = await session.run(removeScript(destination));
  await session.quit();
  limit.cancel();
  return ran?.results.has('removed') ?? false;
}
