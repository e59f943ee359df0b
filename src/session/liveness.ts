import type { Clock } from '../clock.ts';

/** How often the watch looks at the clock. It costs nothing on the network. */
const TICK_MS = 2_000;
/** A tick this late means that the machine slept or the clock was set. */
const CLOCK_JUMP_MS = 10_000;
/** After a sleep the socket gets this long to answer a ping. */
const WAKE_ANSWER_MS = 5_000;
/** Intervals without any frame after a ping: then the socket counts as lost. */
const SILENT_INTERVALS = 2;

/** What the watch works with. */
export interface LivenessOptions {
  readonly clock: Clock;
  /** Milliseconds between pings. */
  readonly intervalMs: number;
  readonly ping: () => void;
  /** While nothing is read (back-pressure) silence says nothing. */
  readonly isReading: () => boolean;
  /** The socket is dead though nobody closed it. Called at most once. */
  readonly lost: (reason: string) => void;
}

/** Watches one socket. */
export interface Liveness {
  /** Something arrived. */
  heard(): void;
  stop(): void;
}

/**
 * Pings at once and then each interval, because the service and middle boxes close idle sockets, and
 * finds out when a socket is dead: silence for two intervals after a ping, or for some seconds after
 * the machine has slept.
 */
export function watchLiveness(options: LivenessOptions): Liveness {
  const { clock } = options;
  let lastPing = clock.monotonic();
  let lastWall = clock.now();
  /** Monotonic time by which something must have arrived; undefined while nothing is overdue. */
  let answerBy: number | undefined;

  const ping = (answerWithin: number): void => {
    lastPing = clock.monotonic();
    answerBy ??= lastPing + answerWithin;
    options.ping();
  };

  const tick = (): void => {
    const wall = clock.now();
    const slept = wall - lastWall > CLOCK_JUMP_MS;
    lastWall = wall;
    if (!options.isReading()) {
      answerBy = undefined;
      return;
    }
    const now = clock.monotonic();
    if (slept) {
      answerBy = undefined;
      ping(WAKE_ANSWER_MS);
    } else if (answerBy !== undefined && now >= answerBy) {
      timer.cancel();
      options.lost('nothing was heard from the service');
    } else if (now - lastPing >= options.intervalMs) {
      ping(SILENT_INTERVALS * options.intervalMs);
    }
  };

  const timer = clock.every(Math.min(TICK_MS, options.intervalMs), tick);
  ping(SILENT_INTERVALS * options.intervalMs);
  return {
    heard() {
      answerBy = undefined;
    },
    stop: () => timer.cancel(),
  };
}
