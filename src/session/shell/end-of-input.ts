import type { Clock, Timer } from '../../lib/clock.ts';

const END_OF_TRANSMISSION = 0x04;
const CARRIAGE_RETURN = 0x0d;
const LINE_FEED = 0x0a;
/** A remote side that writes nothing for this long after the end of input waits for more. */
const FIRST_IDLE_MS = 1_000;
/** Each further Ctrl-D waits twice as long; together they last about two minutes. */
const REPEATS = 6;

/** What reporting the end of input works with. */
export interface EndOfInputOptions {
  readonly clock: Clock;
  /** Sends keys to the remote side. */
  readonly type: (keys: Buffer) => void;
  /** The last byte of input before its end, undefined when there was none. */
  readonly lastByte: number | undefined;
}

/** Reports to the remote side that there is no more input. */
export interface EndOfInput {
  /** The remote side wrote something: it is busy, or it answers. */
  received(): void;
  stop(): void;
}

/**
 * A pipe's end has no message of its own: what ends input on a terminal is Ctrl-D. The terminal's
 * line discipline takes it as the end only at the start of a line. In the middle of a line, the first
 * one passes on the unfinished line and the second one is the end. A program in the foreground takes
 * the end and the shell after it still waits; a line editor takes it only on an empty line. So while
 * the remote side writes nothing, the line is finished and Ctrl-D repeated, a bounded number of times.
 */
export function sendEndOfInput(options: EndOfInputOptions): EndOfInput {
  const { clock, lastByte } = options;
  const atLineStart =
    lastByte === undefined || lastByte === CARRIAGE_RETURN || lastByte === LINE_FEED;
  let idleMs = FIRST_IDLE_MS;
  let repeats = 0;
  let timer: Timer | undefined;
  let stopped = false;

  const wait = (): void => {
    if (stopped) return;
    timer?.cancel();
    timer = repeats < REPEATS ? clock.after(idleMs, repeat) : undefined;
  };
  const repeat = (): void => {
    repeats++;
    idleMs *= 2;
    options.type(
      repeats === 1 && !atLineStart
        ? Buffer.from([CARRIAGE_RETURN, END_OF_TRANSMISSION])
        : Buffer.from([END_OF_TRANSMISSION]),
    );
    wait();
  };

  options.type(
    atLineStart
      ? Buffer.from([END_OF_TRANSMISSION])
      : Buffer.from([END_OF_TRANSMISSION, END_OF_TRANSMISSION]),
  );
  wait();
  return {
    received: wait,
    stop() {
      stopped = true;
      timer?.cancel();
    },
  };
}
