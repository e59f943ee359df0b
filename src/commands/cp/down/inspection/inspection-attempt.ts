import { CommandError } from '../../../../cli/framework/command-context.ts';
import type { RemoteEnd } from '../../../../cli/remote/remote.ts';
import { downloadFailures } from '../../../../failures/copies/download.ts';
import type { Clock } from '../../../../lib/clock.ts';
import { scriptFor, sudoRefusal } from '../as-root.ts';
import { COMMAND_CHECK_MS, createStallWatch } from '../blocks/stall-watch.ts';
import { quotedError } from '../losses.ts';
import type { AnswerTools } from '../sessions/answer-scripts.ts';
import { startAnswerSession } from '../sessions/answer-session.ts';
import type { TargetSessions } from '../sessions/target-sessions.ts';
import { inspectScript } from './inspect-script.ts';

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

/** What inspections work with. */
export interface InspectionHost {
  readonly sessions: TargetSessions;
  readonly clock: Clock;
  readonly tools: AnswerTools;
}

/** What happens to an attempt. After `lost` and `failed` nothing more does. */
export interface AttemptEvents {
  /** A reply, by its place; its memory is used again after the call. */
  reply(index: number, content: Buffer): void;
  /** Another attempt may succeed. */
  lost(error: Error): void;
  /** Another attempt would fail, too. */
  failed(error: Error): void;
}

/** One command that inspects a source. */
export interface InspectionAttempt {
  /** Lets it end by itself, but not for long. No events follow. */
  finish(): Promise<void>;
  /** Ends it at once. No events follow. */
  stop(): Promise<void>;
}

/** Starts a command that inspects a source. No event comes before this returns. */
export function startAttempt(
  inspection: Inspection,
  { clock, sessions, tools }: InspectionHost,
  events: AttemptEvents,
): InspectionAttempt {
  const { sudo, title } = inspection;
  const watch = createStallWatch(clock.monotonic());
  watch.waiting(true, clock.monotonic());
  let replies = 0;
  let hasBegun = false;
  let connection: number | undefined;
  const session = startAnswerSession(
    sessions,
    clock,
    scriptFor(inspectScript(inspection, tools), sudo),
    {
      received(data) {
        hasBegun = true;
        watch.received(data, clock.monotonic());
        connection ??= session.connectedSince;
      },
      reply: (content) => events.reply(replies++, content),
      damaged: () => lost(damaged(title)),
      ended(end, text) {
        check.cancel();
        if (end.kind === 'lost' && hasBegun) events.lost(end.error);
        else if (end.kind === 'stopped') events.lost(stalled(title));
        else events.failed(failureOf(end, text, inspection));
      },
    },
  );
  const stop = (): Promise<void> => {
    check.cancel();
    return session.stop();
  };
  const lost = (error: Error): void => {
    check.cancel();
    events.lost(error);
  };
  const check = clock.every(COMMAND_CHECK_MS, () => {
    const now = session.connectedSince;
    // Lost, it may come back. Back, it would bring what was on its way slowly, and the agent has stopped reading.
    const isLost = connection !== undefined && now !== connection;
    const isOver = isLost ? now !== undefined : watch.check(clock.monotonic()) === 'stalled';
    if (isOver) lost(stalled(title));
  });
  return {
    finish() {
      check.cancel();
      return session.finish();
    },
    stop,
  };
}

function stalled(title: string): Error {
  return new CommandError(downloadFailures['download-stalled'](title));
}

function damaged(title: string): Error {
  return new CommandError(downloadFailures['download-damaged'](title, 'a line is no base64'));
}

function failureOf(
  end: Exclude<RemoteEnd, { readonly kind: 'stopped' }>,
  text: string,
  { title, sudo }: Inspection,
): Error {
  if (end.kind === 'lost') return end.error;
  if (end.status === 0) return stalled(title);
  const refusal = sudo ? sudoRefusal(text) : undefined;
  return new CommandError(
    refusal === undefined
      ? downloadFailures['download-command-failed'](title, end.status, quotedError(text))
      : downloadFailures['download-sudo-refused'](title, quotedError(refusal)),
  );
}
