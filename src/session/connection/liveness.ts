import type { Clock, Timer } from '../../lib/clock.ts';

/** How often the watch checks the clock. It costs nothing on the network. */
const TICK_MS = 2_000;
/** A tick this late means that the machine slept or the clock was set. */
const CLOCK_JUMP_MS = 10_000;
/** Intervals without any frame after a ping: after them an idle socket counts as lost. */
const IDLE_INTERVALS = 2;
/**
 * The least time without any frame, with something unacknowledged, before a ping asks. TCP repairs
 * two lost transmissions in 3 s (RFC 6298: 1 s, doubled), and a change of the wireless cell takes no
 * longer: a shorter time would ask about stalls that end by themselves.
 */
const MIN_IDLE_MS = 5_000;
/**
 * The longest such time. After 10 s a person thinks that the program hangs, and each further second costs
 * more: the agent repeats what was lost at only ten messages a second.
 */
const MAX_IDLE_MS = 10_000;
/** On a slow path an answer may be several timeouts late: one of 1 s reaches the maximum. */
const IDLE_TIMEOUTS = 10;
/** Time for the answer to a ping where a socket is in doubt: several times any round trip. */
const ANSWER_MS = 5_000;
/** A timer this late means that the program did not run, and could not read an answer either. */
const LOOP_STALL_MS = 1_000;

export const NOTHING_RECEIVED = 'the service sent nothing';

/** What the watch works with. */
export interface LivenessOptions {
  readonly clock: Clock;
  /** Milliseconds between pings. */
  readonly intervalMs: number;
  readonly ping: () => void;
  /**
   * While nothing is read (back-pressure), idle time means nothing. A socket also stops reading when its sent
   * bytes do not leave; it then detects its own death (unsent-limit.ts).
   */
  readonly isReading: () => boolean;
  /** The gateway has answered a ping before. Without any answer so far, pings prove nothing. */
  readonly answersPings: () => boolean;
  /** Milliseconds within which something should arrive; undefined while nothing is due. */
  readonly answerTimeout: () => number | undefined;
  /** The socket is dead though neither side closed it. Called at most once. */
  readonly lost: (reason: string) => void;
}

/** Watches one socket. */
export interface Liveness {
  /** Something arrived. */
  received(): void;
  /** Whether something arrived so recently that the socket is not in doubt. */
  isAlive(): boolean;
  stop(): void;
}

/** A ping whose answer decides. */
interface Asked {
  /** Monotonic milliseconds by which something must have arrived. */
  readonly by: number;
  readonly timer: Timer;
}

/**
 * Pings at once and then each interval, because the service and middle boxes close idle sockets,
 * and detects a dead socket. It is dead when nothing arrives for two intervals after a ping, or for
 * some seconds after a ping that asks: because something is unacknowledged and nothing arrives, or
 * because the machine has slept (docs/design/protocol.md#retransmission).
 */
export function watchLiveness(options: LivenessOptions): Liveness {
  const { clock } = options;
  let lastPing = clock.monotonic();
  let lastReceived = lastPing;
  let lastWall = clock.now();
  /** Monotonic milliseconds of the first tick that saw something to wait for. */
  let waitingSince: number | undefined;
  let asked: Asked | undefined;

  const discardQuestion = (): void => {
    asked?.timer.cancel();
    asked = undefined;
  };

  const ask = (answerMs: number): void => {
    lastPing = clock.monotonic();
    options.ping();
    const by = lastPing + answerMs;
    if (!options.answersPings() || (asked !== undefined && asked.by <= by)) return;
    discardQuestion();
    asked = { by, timer: clock.after(answerMs, () => decide(by)) };
  };

  const decide = (by: number): void => {
    asked = undefined;
    if (!options.isReading()) return;
    if (clock.monotonic() - by > LOOP_STALL_MS) {
      ask(ANSWER_MS);
      return;
    }
    stop();
    options.lost(NOTHING_RECEIVED);
  };

  const isInDoubt = (now: number): boolean => {
    const timeout = options.answerTimeout();
    if (timeout === undefined) {
      waitingSince = undefined;
      return false;
    }
    waitingSince ??= now;
    // A tick may detect the timeout this much later.
    const longest = MAX_IDLE_MS - TICK_MS;
    const idleMs = Math.min(longest, Math.max(MIN_IDLE_MS, IDLE_TIMEOUTS * timeout));
    return now - Math.max(waitingSince, lastReceived) >= idleMs;
  };

  const tick = (): void => {
    const now = clock.monotonic();
    const wall = clock.now();
    const slept = wall - lastWall > CLOCK_JUMP_MS;
    lastWall = wall;
    if (!options.isReading()) {
      lastReceived = now;
      discardQuestion();
    } else if (slept) {
      discardQuestion();
      ask(ANSWER_MS);
    } else if (isInDoubt(now) && options.answersPings()) {
      if (asked === undefined || asked.by > now + ANSWER_MS) ask(ANSWER_MS);
    } else if (now - lastPing >= options.intervalMs) {
      ask(IDLE_INTERVALS * options.intervalMs);
    }
  };

  const timer = clock.every(Math.min(TICK_MS, options.intervalMs), tick);
  const stop = (): void => {
    timer.cancel();
    discardQuestion();
  };
  ask(IDLE_INTERVALS * options.intervalMs);
  return {
    received() {
      lastReceived = clock.monotonic();
      discardQuestion();
    },
    isAlive: () => clock.monotonic() - lastReceived <= MAX_IDLE_MS + ANSWER_MS,
    stop,
  };
}
