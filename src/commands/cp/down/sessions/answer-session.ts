import { Writable } from 'node:stream';
import type { RemoteCommand, RemoteEnd } from '../../../../cli/remote/remote.ts';
import type { Clock } from '../../../../lib/clock.ts';
import { withTimeout } from '../../../../lib/with-timeout.ts';
import { MAX_UNITS, UNIT_BYTES } from '../blocks/block-request.ts';
import { createLastOutput } from '../../../../cli/remote/last-output.ts';
import { createReplyReader } from '../blocks/reply-reader.ts';
import type { TargetSessions } from './target-sessions.ts';

/**
 * Bytes of the longest reply: the largest block, as gzip makes it of data that cannot be compressed (RFC 1951:
 * 5 bytes for each 16 KiB at most, and a header).
 */
const LONGEST_ANSWER = MAX_UNITS * UNIT_BYTES + 1024;

/** How long a command may take to end by itself, in milliseconds; then its session is ended. */
const COMMAND_END_TIMEOUT_MS = 3_000;

const LINE_FEED = '\n'.charCodeAt(0);

/** What happens in a session that answers requests. */
export interface AnswerEvents {
  /** Output; `data` are the bytes of it that are no line feeds. */
  received(data: number): void;
  /** A reply, decoded, whose memory is used again after the call. */
  reply(content: Buffer): void;
  /** The output is no replies. */
  damaged(): void;
  /** The end that was not asked for, and the last text of stderr. */
  ended(end: RemoteEnd, text: string): void;
}

/** A session that answers requests. */
export interface AnswerSession {
  /** The last text of stderr. Foreign text. */
  readonly errorText: string;
  /** Since when it has a connection ({@link RemoteCommand}); undefined also before it has begun. */
  readonly connectedSince: number | undefined;
  /** Lets the command end by itself, after its last request, but not for long. No events follow. */
  finish(): Promise<void>;
  /** Ends it at once. No events follow. */
  stop(): Promise<void>;
}

/** Starts a script that answers requests. Failures to start are the event `ended`. */
export function startAnswerSession(
  sessions: TargetSessions,
  clock: Clock,
  script: string,
  events: AnswerEvents,
): AnswerSession {
  const stderr = createLastOutput();
  let isOpen = true;
  const reader = createReplyReader(LONGEST_ANSWER, (reply) => {
    if (isOpen) events.reply(reply);
  });
  const stdout = new Writable({
    write(bytes: Buffer, _encoding, done) {
      if (isOpen) {
        events.received(countData(bytes));
        if (!reader.take(bytes)) events.damaged();
      }
      done();
    },
  });
  const starting = sessions.start(script, { stdout, stderr: stderr.stream });
  let command: RemoteCommand | undefined;
  void starting.then(async (started) => {
    command = started;
    const end = await started.ended;
    if (isOpen) events.ended(end, stderr.text);
  });
  const stop = async (): Promise<void> => {
    isOpen = false;
    await (await starting).stop();
  };
  return {
    get errorText() {
      return stderr.text;
    },
    get connectedSince() {
      return command?.connectedSince;
    },
    async finish() {
      isOpen = false;
      const { ended } = await starting;
      await withTimeout(clock, COMMAND_END_TIMEOUT_MS, ended, () => undefined);
      await stop();
    },
    stop,
  };
}

/** Only a payload of line feeds alone is no data: one among data does not matter. */
function countData(bytes: Buffer): number {
  return bytes.every((byte) => byte === LINE_FEED) ? 0 : bytes.length;
}
