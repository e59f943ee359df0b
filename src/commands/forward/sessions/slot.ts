import type { Clock, Timer } from '../../../lib/clock.ts';
import { JOIN_TIMEOUT_MS, STARTS_AT_ONCE } from '../../../cli/run/start/start-limits.ts';
import { sessionFailures } from '../../../failures/session.ts';
import { createBackOff, type BackOff } from '../../../session/connection/back-off.ts';
import type { SessionEvent } from '../../../session/session-event.ts';
import { failedAs, type SessionOutcome } from './next-step.ts';
import type { PortSession, PortSessionsOptions, SessionPolicy } from './port-session.ts';
import type { PortSessionState } from './session-states.ts';

/** Between two sessions of which the first was of no use; the AWS SDK has already tried again within a second. */
const FIRST_RESTART_PAUSE_MS = 1_000;
/** A target that boots is noticed within this time. */
const MAX_RESTART_PAUSE_MS = 30_000;

/** A session that is being started, or runs. */
export interface Run {
  /** Ends it. */
  readonly end: () => void;
  /** The id of its target, once that is known. */
  target: string | undefined;
  hasJoined: boolean;
  /** The port has ended it, because no connection was open for a while. */
  isDismissed: boolean;
  /** The port has ended it, because it took too long to start. */
  isLate: boolean;
  /** Ends it then. */
  startLimit: Timer | undefined;
  /** The destination has sent something through it. */
  hasAnswered: boolean;
  /** Connections of the port when it stopped taking them. */
  openAtEnd: number;
  /** Why it has lost its connection, and when. */
  lost: Extract<SessionEvent, { readonly kind: 'reconnecting' }> | undefined;
}

/** One of the sessions of a port, and those that replace it. */
export interface Slot {
  state: PortSessionState;
  run: Run | undefined;
  hasEverJoined: boolean;
  /** Sessions in a row that were of no use. */
  failures: number;
  /** Undefined when the last session was of use. */
  backOff: BackOff | undefined;
  pause: Timer | undefined;
  /** Of its last session. */
  outcome: SessionOutcome | undefined;
}

/** The slots of a port before its first session. */
export function newSlots({ count, onDemand }: SessionPolicy): readonly Slot[] {
  return Array.from({ length: count }, () => ({
    state: onDemand ? 'idle' : 'queued',
    run: undefined,
    hasEverJoined: false,
    failures: 0,
    backOff: undefined,
    pause: undefined,
    outcome: undefined,
  }));
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
  slot.outcome = run.isLate ? failedAs('session', sessionFailures['agent-silent']()) : ended;
  return slot.outcome;
}

/** A session that is about to be started. */
function newRun(end: () => void): Run {
  return {
    end,
    target: undefined,
    hasJoined: false,
    isDismissed: false,
    isLate: false,
    startLimit: undefined,
    hasAnswered: false,
    openAtEnd: 0,
    lost: undefined,
  };
}

/** Ends a session that does not take connections in time. */
function limitStart(run: Run, clock: Clock): void {
  run.startLimit = clock.after(JOIN_TIMEOUT_MS, () => {
    run.isLate = true;
    run.end();
  });
}

/** How long a slot pauses before its next session, in milliseconds: longer each time. */
export function nextPause(slot: Slot, random: () => number): number {
  slot.backOff ??= createBackOff(FIRST_RESTART_PAUSE_MS, MAX_RESTART_PAUSE_MS, random);
  return slot.backOff.next();
}

/**
 * Chooses the sessions to start now.
 *
 * @param hasJoined - whether one of the port has taken connections: before, the first one finds what is wrong for all
 */
export function nextToStart(slots: readonly Slot[], hasJoined: boolean): readonly Slot[] {
  const starting = slots.filter(({ state }) => state === 'starting').length;
  const room = (hasJoined ? STARTS_AT_ONCE : 1) - starting;
  return slots.filter(({ state }) => state === 'queued').slice(0, Math.max(0, room));
}
