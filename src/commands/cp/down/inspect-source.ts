import { CommandError } from '../../../cli/framework/command-context.ts';
import { downloadFailures } from '../../../failures/download.ts';
import { createDeferred, type Deferred } from '../../../lib/deferred.ts';
import { quoteForShell } from '../../../lib/quote-for-shell.ts';
import type { Clock } from '../../../lib/clock.ts';
import { COMMAND_CHECK_MS, createStallWatch } from './blocks/stall-watch.ts';
import { lastError, quotedError } from './losses.ts';
import type { AnswerTools } from './sessions/answer-scripts.ts';
import { startAnswerSession, type AnswerSession } from './sessions/answer-session.ts';
import { inspectScript } from './sessions/inspect-script.ts';
import type { TargetSessions } from './sessions/target-sessions.ts';

/** How often the command is started again when it stops without an end. */
const TRIES = 4;

/** What is to be copied. */
export interface Inspection {
  /** As the user wrote it, for messages. */
  readonly title: string;
  /** Its path, a word for the shell. */
  readonly path: string;
  /** Bytes of it that are here already, and whose SHA-256 is asked for. */
  readonly prefix: number;
  /** Whether the content of a small file comes, too. */
  readonly withContent: boolean;
  /** Whether the target reads it as root, by `sudo -n`. */
  readonly sudo: boolean;
  /** Ends the inspection at once; its reason is thrown. */
  readonly signal: AbortSignal;
}

/** What a source is. Links are followed. */
export type InspectedSource =
  | InspectedFile
  | { readonly kind: 'directory'; readonly mode: number; readonly modifiedAt: number }
  /** Nothing has this name. */
  | { readonly kind: 'missing' }
  /** A socket, a device or a FIFO. */
  | { readonly kind: 'other' };

/** A file. Both hashes are in hexadecimal, and arrive while it may be copied already. */
export interface InspectedFile {
  readonly kind: 'file';
  /** In bytes. */
  readonly size: number;
  /** Permission bits. */
  readonly mode: number;
  /** Seconds since the epoch. */
  readonly modifiedAt: number;
  /** All of a small file; undefined for others. */
  readonly content: Promise<Buffer | undefined>;
  /** Of the first `prefix` bytes; undefined when it does not have that many, or none are asked for. */
  readonly prefixSha256: Promise<string | undefined>;
  /** Of its first `size` bytes. */
  readonly sha256: Promise<string>;
  /** Ends the command that computes them. */
  stop(): Promise<void>;
}

/** What inspections work with. */
export interface InspectionHost {
  readonly sessions: TargetSessions;
  readonly clock: Clock;
  readonly tools: AnswerTools;
}

/**
 * Finds out by one command what a source is, and the SHA-256 of a file.
 *
 * @throws CommandError when it cannot be read; AwsError, SessionError when the target cannot be asked
 */
export async function inspectPath(
  inspection: Inspection,
  host: InspectionHost,
): Promise<InspectedSource> {
  const replies = readReplies(inspection, host);
  const facts = await replies.next(0);
  const [kind = '', first = '', second = '', third = ''] = facts.toString().split(' ');
  if (kind === 'f') {
    const size = Number(first);
    // Its errors are those of the hash, too.
    const content = replies.next(1).then((bytes) => (bytes.length === size ? bytes : undefined));
    content.catch(() => undefined);
    const prefixSha256 = replies.next(2).then(hashIn);
    prefixSha256.catch(() => undefined);
    const sha256 = replies.next(3).then((text) => hashIn(text) ?? '');
    sha256.catch(() => undefined);
    void sha256.finally(() => replies.stop()).catch(() => undefined);
    const mode = Number.parseInt(second, 8);
    return {
      ...{ kind: 'file', size, mode, modifiedAt: Number(third), content, prefixSha256, sha256 },
      stop: () => replies.stop(),
    };
  }
  await replies.stop();
  switch (kind) {
    case 'd':
      return { kind: 'directory', mode: Number.parseInt(first, 8), modifiedAt: Number(second) };
    case 'o':
      return { kind: 'other' };
    default:
      return missingOrThrow(facts.toString(), inspection.title);
  }
}

const MISSING = /No such file or directory|Not a directory/;

/** @throws CommandError for any other error */
function missingOrThrow(text: string, title: string): InspectedSource {
  if (MISSING.test(text)) return { kind: 'missing' };
  throw new CommandError(downloadFailures['download-unreadable'](title, lastError(text)));
}

function hashIn(text: Buffer): string | undefined {
  return /[0-9a-f]{64}/i.exec(text.toString('latin1'))?.[0].toLowerCase();
}

interface Replies {
  /** A reply, by its place. */
  next(index: number): Promise<Buffer>;
  stop(): Promise<void>;
}

interface Reading {
  readonly inspection: Inspection;
  readonly host: InspectionHost;
  readonly replies: readonly Deferred<Buffer>[];
  readonly failed: Deferred<unknown>;
  session: AnswerSession | undefined;
  tries: number;
}

/** Replies of the script, also when its session is lost: it then runs again. */
function readReplies(inspection: Inspection, host: InspectionHost): Replies {
  const reading: Reading = {
    inspection,
    host,
    replies: Array.from({ length: 4 }, () => createDeferred<Buffer>()),
    failed: createDeferred(),
    session: undefined,
    tries: 0,
  };
  const failure = reading.failed.promise.then((error) => Promise.reject(error as Error));
  failure.catch(() => undefined);
  const { signal } = inspection;
  const abort = (): void => {
    reading.failed.resolve(signal.reason);
    void reading.session?.stop();
  };
  signal.addEventListener('abort', abort);
  if (signal.aborted) abort();
  else start(reading);
  return {
    next: (index) => Promise.race([reading.replies[index]?.promise ?? failure, failure]),
    async stop() {
      signal.removeEventListener('abort', abort);
      reading.tries = TRIES;
      await reading.session?.finish();
    },
  };
}

function start(reading: Reading): void {
  const { inspection, host, replies, failed } = reading;
  const { clock, sessions, tools } = host;
  const watch = createStallWatch(true, clock.monotonic());
  let read = 0;
  let connection: number | undefined;
  let hasBegun = false;
  reading.tries++;
  const again = (error: Error): void => {
    check.cancel();
    void session.stop();
    if (reading.tries >= TRIES) failed.resolve(error);
    else start(reading);
  };
  const check = clock.every(COMMAND_CHECK_MS, () => {
    const now = session.connectedSince;
    const isCut = connection !== undefined && now !== undefined && now !== connection;
    const isStalled = connection === now && watch.check(clock.monotonic()) === 'stalled';
    if (isCut || isStalled) again(stalled(inspection));
  });
  watch.waiting(true, clock.monotonic());
  const script = inspectScript(inspection, tools);
  const session = startAnswerSession(sessions, clock, wrap(script, inspection), {
    received(data) {
      hasBegun = true;
      watch.received(data, clock.monotonic());
      connection ??= session.connectedSince;
    },
    reply: (content) => replies[read++]?.resolve(Buffer.from(content)),
    damaged: () => again(stalled(inspection)),
    ended(end, text) {
      check.cancel();
      if (end.kind === 'lost' && !hasBegun) failed.resolve(end.error);
      else if (end.kind === 'exited' && end.status !== 0)
        failed.resolve(ended(inspection, end.status, text));
      else if (end.kind !== 'exited') again(end.kind === 'lost' ? end.error : stalled(inspection));
      else failed.resolve(stalled(inspection));
    },
  });
  reading.session = session;
}

function wrap(script: string, { sudo }: Inspection): string {
  return sudo ? `exec sudo -n sh -c ${quoteForShell(script)}` : script;
}

function stalled({ title }: Inspection): Error {
  return new CommandError(downloadFailures['download-stalled'](title));
}

function ended({ title }: Inspection, status: number, text: string): Error {
  return new CommandError(
    downloadFailures['download-command-failed'](title, status, quotedError(text)),
  );
}
