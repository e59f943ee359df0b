import { isAwsError, type AwsError } from '../../../aws/sdk/aws-error.ts';
import type { Clock, Timer } from '../../../lib/clock.ts';
import { createBackOff, type BackOff } from '../../../session/connection/back-off.ts';
import { STARTS_AT_ONCE } from './start-limits.ts';
import { FIRST_PAUSE_MS, MAX_PAUSE_MS, MAX_STARTS } from './start-patiently.ts';

/** The turns of one session to be started. */
export interface StartTurns {
  /**
   * Starts a session when it is its turn, and again while AWS has received too many requests, a few times.
   *
   * @param start - one try
   * @param interrupted - resolves when the session is not wanted any more
   * @returns what the start returned, or what `interrupted` resolved with
   * @throws what the last start threw
   */
  run<Result, Interruption>(
    start: () => Promise<Result>,
    interrupted: Promise<Interruption>,
  ): Promise<Result | Interruption>;
}

/** What one session learns of its turns. */
export interface TurnEvents {
  /** AWS has received too many requests: it is tried again after a pause, in milliseconds. */
  throttled(error: AwsError, pauseMs: number): void;
  /** It is tried again now. */
  again(): void;
}

/** The sessions of a command that wait to be started, the first one first. */
export interface StartQueue {
  /** @param events - what its owner shows of it; undefined for nothing */
  forSession(events?: TurnEvents): StartTurns;
}

/** How sessions are started, as the last answers of AWS allow it. */
type Pace =
  /** A few at the same time. */
  | 'open'
  /** AWS has received too many requests: none. */
  | 'pausing'
  /** After a pause one alone finds out whether AWS accepts requests again. */
  | 'trying';

/**
 * A queue without sessions.
 *
 * @param random - uniform in [0, 1)
 */
export function createStartQueue(clock: Clock, random: () => number): StartQueue {
  const queue = new SharedStarts(clock, random);
  return { forSession: (events) => ({ run: (...args) => queue.run(events, ...args) }) };
}

type Turn<Interruption> =
  { readonly kind: 'turn' } | { readonly kind: 'interrupted'; readonly by: Interruption };

type Try<Result> =
  | { readonly kind: 'done'; readonly result: Result }
  | { readonly kind: 'throttled'; readonly error: AwsError; readonly pauseMs: number };

class SharedStarts {
  readonly #clock: Clock;
  readonly #random: () => number;
  /** Each gives a session its turn. */
  readonly #waiting: (() => void)[] = [];
  #running = 0;
  #pace: Pace = 'open';
  /** Undefined when the last answer was not that there were too many requests. */
  #backOff: BackOff | undefined;
  #pause: { readonly timer: Timer; readonly until: number } | undefined;

  constructor(clock: Clock, random: () => number) {
    this.#clock = clock;
    this.#random = random;
  }

  async run<Result, Interruption>(
    events: TurnEvents | undefined,
    start: () => Promise<Result>,
    interrupted: Promise<Interruption>,
  ): Promise<Result | Interruption> {
    for (let starts = 1; ; starts++) {
      const turn = await this.#turn(interrupted, starts > 1);
      if (turn.kind === 'interrupted') return turn.by;
      if (starts > 1) events?.again();
      const outcome = await this.#try(start, interrupted);
      if (outcome.kind === 'done') return outcome.result;
      if (starts === MAX_STARTS) throw outcome.error;
      events?.throttled(outcome.error, outcome.pauseMs);
    }
  }

  async #try<Result, Interruption>(
    start: () => Promise<Result>,
    interrupted: Promise<Interruption>,
  ): Promise<Try<Result | Interruption>> {
    try {
      const result = await Promise.race([start(), interrupted]);
      this.#open();
      return { kind: 'done', result };
    } catch (error) {
      if (isAwsError(error) && error.reason === 'throttled')
        return { kind: 'throttled', error, pauseMs: this.#pauseAll() };
      this.#open();
      throw error;
    } finally {
      this.#running--;
      this.#next();
    }
  }

  /** @param isAgain - it has had a turn: it is the next one */
  #turn<Interruption>(
    interrupted: Promise<Interruption>,
    isAgain: boolean,
  ): Promise<Turn<Interruption>> {
    return new Promise((resolve) => {
      const begin = (): void => {
        this.#running++;
        resolve({ kind: 'turn' });
      };
      if (isAgain) this.#waiting.unshift(begin);
      else this.#waiting.push(begin);
      void interrupted.then((by) => {
        this.#remove(begin);
        resolve({ kind: 'interrupted', by });
      });
      this.#next();
    });
  }

  #next(): void {
    while (this.#room() > 0) {
      const begin = this.#waiting.shift();
      if (begin === undefined) return;
      begin();
    }
  }

  #room(): number {
    switch (this.#pace) {
      case 'open':
        return STARTS_AT_ONCE - this.#running;
      case 'trying':
        return 1 - this.#running;
      case 'pausing':
        return 0;
    }
  }

  /** AWS has accepted a request. */
  #open(): void {
    if (this.#pace === 'pausing') return;
    this.#pace = 'open';
    this.#backOff = undefined;
  }

  /** @returns for how long, in milliseconds */
  #pauseAll(): number {
    const now = this.#clock.monotonic();
    if (this.#pause !== undefined) return this.#pause.until - now;
    this.#backOff ??= createBackOff(FIRST_PAUSE_MS, MAX_PAUSE_MS, this.#random);
    const pauseMs = this.#backOff.next();
    this.#pace = 'pausing';
    const timer = this.#clock.after(pauseMs, () => this.#tryAgain());
    this.#pause = { timer, until: now + pauseMs };
    return pauseMs;
  }

  #tryAgain(): void {
    this.#pause?.timer.cancel();
    this.#pause = undefined;
    this.#pace = 'trying';
    this.#next();
  }

  #remove(begin: () => void): void {
    const at = this.#waiting.indexOf(begin);
    if (at === -1) return;
    this.#waiting.splice(at, 1);
    // Without one that waits, no pause keeps the program.
    if (this.#waiting.length === 0 && this.#pace === 'pausing') this.#tryAgain();
  }
}
