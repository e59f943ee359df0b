import type { Readable } from 'node:stream';
import { asError } from '../../../lib/errors/as-error.ts';
import { NOTHING_PRESENT, readChunks, type ChunkReader } from './chunks/chunk-source.ts';
import { explainText, throwProblem } from './explain-problem.ts';
import { remove, sessionTools, type UploadEnd, type UploadHost } from './run-upload.ts';
import {
  openReceiverSession,
  type ReceiverSession,
  type ScriptResults,
} from './sessions/receiver-session.ts';
import type { Destination } from './target/destination.ts';
import { endTarScript, startTarScript } from './target/tree-scripts.ts';

/** A copy of a directory to a target. */
export interface TreeRequest {
  /**
   * Starts a tar archive, with names relative to the directory.
   *
   * @param umask - permission bits that its entries must not have
   */
  readonly archive: (umask: number) => Readable;
  /** Is made when it is missing; else, what the archive contains is added to it. */
  readonly directory: Buffer;
  /** Permission bits of a directory that is made. Without `preserve`, less those of the user's umask there. */
  readonly mode: number;
  /** Whether modes and times are those of the archive. */
  readonly preserve: boolean;
  /** Whether root writes it, by `sudo -n`. */
  readonly sudo: boolean;
  /** Stops the copy. */
  readonly signal: AbortSignal;
  /** @param done - bytes of the archive that tar has read there */
  progress(done: number): void;
}

/**
 * Unpacks an archive on the target as it comes: in one session, because tar reads it in order. A missing directory
 * appears when it is whole.
 */
export async function runTree(request: TreeRequest, host: UploadHost): Promise<UploadEnd> {
  const { directory, signal } = request;
  const destination: Destination = {
    kind: 'directory',
    path: directory,
    suffix: `${host.name}.part`,
    copy: host.name,
  };
  const controller = new AbortController();
  const stop = (): void => controller.abort();
  signal.addEventListener('abort', stop, { once: true });
  if (signal.aborted) stop();
  let done = 0;
  const session = await openReceiverSession(sessionTools(destination, host, controller.signal), {
    stored({ data }) {
      done += data.length;
      request.progress(done);
      host.freeSent(data.length);
    },
    unsent: () => undefined,
  });
  try {
    const reader = await unpack(session, destination, request);
    if (reader !== undefined) {
      await session.quit();
      return { kind: 'done', bytes: reader.bytes, sha256: reader.digest() };
    }
    const error = errorOf(session, directory);
    stop();
    await session.ended;
    await remove(destination, host);
    return error === undefined ? { kind: 'stopped' } : { kind: 'failed', error };
  } catch (error) {
    stop();
    await session.ended;
    await remove(destination, host);
    return signal.aborted ? { kind: 'stopped' } : { kind: 'failed', error: asError(error) };
  } finally {
    signal.removeEventListener('abort', stop);
  }
}

/** @returns what was read; undefined when the session has ended */
async function unpack(
  session: ReceiverSession,
  destination: Destination,
  { preserve, archive, mode }: TreeRequest,
): Promise<ChunkReader | undefined> {
  const started = await runStep(session, startTarScript(destination, preserve), destination);
  if (started === undefined) return undefined;
  const umask = preserve ? 0 : umaskOf(started);
  const stream = archive(umask);
  const reader = readChunks({ kind: 'stream', stream }, NOTHING_PRESENT, () => undefined);
  try {
    for (;;) {
      const { value: chunk } = await reader.chunks.next();
      if (chunk === undefined) break;
      if (!(await session.sendPiece(chunk))) return undefined;
    }
    const ended = await runStep(session, endTarScript(mode & ~umask), destination);
    return ended === undefined ? undefined : reader;
  } finally {
    stream.destroy();
  }
}

const UMASK = /^[0-7]{1,4}$/;
/** Of a target that does not report its own. */
const USUAL_UMASK = 0o022;

/** The umask of the user on the target. */
export function umaskOf(results: ScriptResults): number {
  const umask = results.get('umask') ?? '';
  return UMASK.test(umask) ? Number.parseInt(umask, 8) : USUAL_UMASK;
}

/**
 * @returns undefined when the session has ended
 * @throws CommandError about a problem that the script reports
 */
async function runStep(
  session: ReceiverSession,
  script: Buffer,
  { path }: Destination,
): Promise<ScriptResults | undefined> {
  const ran = await session.run(script);
  if (ran !== undefined) throwProblem(path, ran.results);
  return ran?.results;
}

/** Why a session has ended; undefined when it was stopped. */
export function errorOf({ end }: ReceiverSession, path: Buffer): Error | undefined {
  switch (end?.kind) {
    case 'lost':
      return end.error;
    case 'refused':
      return explainText(path, end.text);
    case 'stopped':
    case undefined:
      return undefined;
  }
}
