import { STARTS_AT_ONCE } from '../../../../cli/run/start/start-limits.ts';
import type { Timer } from '../../../../lib/clock.ts';
import type { SessionOutcome } from '../next-step.ts';
import type { SessionPolicy } from '../port-session.ts';
import type { RestartPace } from '../../../../cli/run/start/restart-pace.ts';
import type { Run } from './run.ts';
import type { PortSessionState } from '../session-states.ts';

/** One of the sessions of a port, and those that replace it. */
export interface Slot {
  state: PortSessionState;
  run: Run | undefined;
  hasEverJoined: boolean;
  readonly pace: RestartPace;
  /** Until the next session is started. */
  pause: Timer | undefined;
  /** Of its last session. */
  outcome: SessionOutcome | undefined;
}

/** The slots of a port before its first session. */
export function newSlots(
  { count, onDemand }: SessionPolicy,
  paceOf: (place: number) => RestartPace,
): readonly Slot[] {
  return Array.from({ length: count }, (_none, place) => ({
    state: onDemand ? 'idle' : 'queued',
    run: undefined,
    hasEverJoined: false,
    pace: paceOf(place),
    pause: undefined,
    outcome: undefined,
  }));
}

/**
 * Chooses the sessions to start now.
 *
 * @param isProven - whether one of the port has taken connections: before, the first one finds what is wrong for all
 */
export function nextToStart(slots: readonly Slot[], isProven: boolean): readonly Slot[] {
  const starting = slots.filter(({ state }) => state === 'starting' || state === 'held').length;
  const room = (isProven ? STARTS_AT_ONCE : 1) - starting;
  return slots.filter(({ state }) => state === 'queued').slice(0, Math.max(0, room));
}

/** Ends the sessions that take connections: the port does not need them now. */
export function dismissAll(slots: readonly Slot[]): void {
  for (const { state, run } of slots) {
    if (run === undefined || (state !== 'up' && state !== 'lost')) continue;
    run.endedBy = 'idleness';
    run.end();
  }
}
