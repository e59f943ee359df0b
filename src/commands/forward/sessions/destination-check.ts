import type { Clock, Timer } from '../../../lib/clock.ts';
import { createBackOff, type BackOff } from '../../../session/connection/back-off.ts';
import type { ProbeResult } from '../../../session/port/listen/choose-session.ts';
import type { CheckResult, PortChange } from '../../../cli/ports/forwarded-port.ts';
import type { SessionOutcome } from './next-step.ts';

/**
 * Without an answer for this time, the destination counts as silent: a firewall drops what is for it. The agent itself
 * waits for two minutes (Linux), and its answer still counts.
 */
const CHECK_TIMEOUT_MS = 10_000;
/** Before a destination that did not answer is checked again: a service that is being restarted is back soon. */
const FIRST_CHECK_PAUSE_MS = 5_000;
/** Later: each check is a connection for the destination, and keeps the session from being idle. */
const MAX_CHECK_PAUSE_MS = 60_000;

/** How agents without multiplexing end a session when they cannot connect (docs/design/agent.md#ports). */
const CANNOT_CONNECT = 'Unable to connect to specified port';

/** Finds out whether the destination of a port answers, from its first session on. */
export interface DestinationCheck {
  /** A session takes connections. */
  joined(): void;
  /** No session does any more. */
  left(): void;
  /** A connection of a local program has shown it. */
  seen(result: CheckResult): void;
  /** A session has ended. */
  ended(outcome: SessionOutcome): void;
}

/** What a check works with. */
export interface DestinationCheckOptions {
  readonly clock: Clock;
  /** Uniform in [0, 1). */
  readonly random: () => number;
  /** Takes each result that differs from the one before. */
  readonly report: (change: Extract<PortChange, { readonly kind: 'checked' }>) => void;
}

type Probe = (done: (result: ProbeResult) => void) => void;

/**
 * A check before the first session.
 *
 * @param probe - {@link LocalPort.probe}
 */
export function createDestinationCheck(
  options: DestinationCheckOptions,
  probe: Probe,
): DestinationCheck {
  return new RepeatedCheck(options, probe);
}

class RepeatedCheck implements DestinationCheck {
  readonly #options: DestinationCheckOptions;
  readonly #ask: Probe;
  #last: CheckResult | undefined;
  /** The probe whose answer counts; undefined while there is none. */
  #probe: object | undefined;
  /** Until the probe is late, or until the next one. */
  #timer: Timer | undefined;
  /** Undefined after an answer. */
  #backOff: BackOff | undefined;

  constructor(options: DestinationCheckOptions, probe: Probe) {
    this.#options = options;
    this.#ask = probe;
  }

  joined(): void {
    if (this.#probe === undefined) this.#start();
  }

  left(): void {
    this.#probe = undefined;
    this.#timer?.cancel();
  }

  seen(result: CheckResult): void {
    if (result === this.#last) return;
    this.#last = result;
    this.#options.report({ kind: 'checked', result });
  }

  ended(outcome: SessionOutcome): void {
    if (outcome.kind === 'failed' && outcome.message.includes(CANNOT_CONNECT)) this.seen('refused');
  }

  #start(): void {
    const { clock } = this.#options;
    const own = {};
    this.#probe = own;
    this.#timer?.cancel();
    this.#timer = clock.after(CHECK_TIMEOUT_MS, () => this.seen('silent'));
    this.#ask((result) => {
      // Its session has ended, and another one has been asked.
      if (this.#probe === own) this.#answered(result);
    });
  }

  #answered(result: ProbeResult): void {
    const { clock, random } = this.#options;
    this.#timer?.cancel();
    if (result === 'connected') {
      this.#backOff = undefined;
      this.seen('answers');
      return;
    }
    this.seen('refused');
    this.#backOff ??= createBackOff(FIRST_CHECK_PAUSE_MS, MAX_CHECK_PAUSE_MS, random);
    this.#timer = clock.after(this.#backOff.next(), () => this.#start());
  }
}
