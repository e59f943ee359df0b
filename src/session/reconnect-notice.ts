import type { Clock, Timer } from '../clock.ts';
import type { MessageRoutes } from './message-routes.ts';
import type { SessionEvent } from './session-event.ts';

/** Tells the person that a connection is being made again, and for how long already. */
export interface ReconnectNotice {
  /** @param since - when the connection was lost, in monotonic milliseconds */
  lost(reason: string, since: number): void;
  /** The connection is back. */
  back(): void;
  /** The session is ending: the line stays as it is, and whatever follows begins on the next. */
  stop(): void;
}

const COUNT_EVERY_MS = 1_000;
/** Back to the beginning of the line, and nothing left on it (ECMA-48, EL). */
const REWRITE_LINE = '\r\x1b[K';

/** One line that counts the seconds where it can be written over, and plain lines elsewhere. */
export function createReconnectNotice(
  { remarks, remarksOnTerminal }: MessageRoutes,
  clock: Clock,
): ReconnectNotice {
  let counting: Timer | undefined;

  const endLine = (text: string): void => {
    if (counting === undefined) return;
    counting.cancel();
    counting = undefined;
    remarks?.write(text);
  };

  return {
    lost(reason, since) {
      const text = `Connection lost (${reason}), reconnecting...`;
      if (!remarksOnTerminal) {
        remarks?.write(`${text}\n`);
        return;
      }
      const show = (): void => {
        const seconds = Math.round((clock.monotonic() - since) / COUNT_EVERY_MS);
        remarks?.write(`${REWRITE_LINE}${text} ${seconds} s`);
      };
      counting?.cancel();
      counting = clock.every(COUNT_EVERY_MS, show);
      show();
    },
    back() {
      endLine('\n');
      remarks?.write('Reconnected.\n');
    },
    stop: () => endLine('\n'),
  };
}

/** Leaves the words to whoever listens to the session's events. */
export function reportReconnects(onEvent: (event: SessionEvent) => void): ReconnectNotice {
  return {
    lost: (reason, since) => onEvent({ kind: 'reconnecting', reason, since }),
    back: () => onEvent({ kind: 'reconnected' }),
    stop: () => undefined,
  };
}
