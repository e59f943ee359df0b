import { JOIN_TIMEOUT_MS } from '../../../../cli/run/start/start-limits.ts';
import { sessionFailures } from '../../../../failures/session.ts';
import type { Clock, Timer } from '../../../../lib/clock.ts';
import type { SessionEvent } from '../../../../session/session-event.ts';
import { failedAs, type SessionOutcome } from '../next-step.ts';
import type { PortSession, PortSessionsOptions } from '../port-session.ts';
import type { Slot } from './slot.ts';

/** A session that is being started, or runs. */
export interface Run {
  /** Ends it. */
  readonly end: () => void;
  /** The id of its target, once that is known. */
  target: string | undefined;
  /** Since when it has taken connections, in monotonic milliseconds; undefined before. */
  joinedAt: number | undefined;
  /** Why the port has ended it; undefined when it has not. */
  endedBy: 'idleness' | 'slow-start' | undefined;
  /** Ends it when it takes too long to start. */
  startLimit: Timer | undefined;
  /** The destination has sent something through it. */
  hasAnswered: boolean;
  /** Connections of the port when it stopped taking them. */
  openAtEnd: number;
  /** Why it has lost its connection, and when. */
  lost: Extract<SessionEvent, { readonly kind: 'reconnecting' }> | undefined;
}

/** The next session of a slot, which is about to be started, and what it is run with. */
export function beginRun(
  slot: Slot,
  { policy, signals, clock }: Pick<PortSessionsOptions, 'policy' | 'signals' | 'clock'>,
): Pick<PortSession, 'acquired' | 'isLater'> & { readonly run: Run } {
  const { acquired, end } = signals.forSession();
  const run = newRun(end);
  const release = (): void => {
    run.startLimit?.cancel();
    acquired.release();
  };
  slot.run = run;
  const isLater = slot.outcome !== undefined || policy.onDemand;
  if (isLater) limitStart(run, clock);
  return { run, acquired: { ...acquired, release }, isLater };
}

/**
 * The session of a slot has ended.
 *
 * @returns how, for the port
 */
export function endRun(slot: Slot, run: Run, ended: SessionOutcome): SessionOutcome {
  slot.run = undefined;
  slot.outcome =
    run.endedBy === 'slow-start' ? failedAs('session', sessionFailures['agent-silent']()) : ended;
  return slot.outcome;
}

/** Ends a session that does not take connections in time, from now on. */
export function limitStart(run: Run, clock: Clock): void {
  run.startLimit?.cancel();
  run.startLimit = clock.after(JOIN_TIMEOUT_MS, () => {
    run.endedBy = 'slow-start';
    run.end();
  });
}

/** A session that is about to be started. */
function newRun(end: () => void): Run {
  return {
    end,
    target: undefined,
    joinedAt: undefined,
    endedBy: undefined,
    startLimit: undefined,
    hasAnswered: false,
    openAtEnd: 0,
    lost: undefined,
  };
}
