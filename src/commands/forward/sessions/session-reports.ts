import type { PortChange, PortFailure } from '../../../cli/ports/forwarded-port.ts';
import type { Clock } from '../../../lib/clock.ts';
import { createPhaseReports, type PhaseReports } from './phase-reports.ts';
import type { Slot } from './slots/slot.ts';
import { countSessions, type PortSessionEvent } from './session-states.ts';

/** Reports what the sessions of a port do together. */
export interface SessionReports extends Pick<PhaseReports, 'listening'> {
  /**
   * A session has changed.
   *
   * @param failure - why the last one ended, if it failed
   * @param pauseMs - how long the next one waits, in milliseconds
   * @returns whether the port does something else now
   */
  update(failure?: PortFailure, pauseMs?: number): boolean;
  /** One of several sessions takes connections, or does not any more. */
  counted(event: PortSessionEvent): void;
  /**
   * One of several has ended, and others continue.
   *
   * @param failure - undefined when it is reported already, or none
   */
  ended(failure: PortFailure | undefined): void;
}

/** Nothing has been reported. */
export function createSessionReports(
  slots: readonly Slot[],
  clock: Pick<Clock, 'monotonic'>,
  report: (change: PortChange) => void,
): SessionReports {
  const phases = createPhaseReports(clock, report);
  const states = (): readonly Slot['state'][] => slots.map(({ state }) => state);
  return {
    listening: () => phases.listening(),
    update(failure, pauseMs = 0) {
      const lost = slots.find(({ run }) => run?.lost !== undefined)?.run?.lost;
      const target = slots.find(({ state }) => state === 'up')?.run?.target;
      return phases.update({ states: states(), lost, target, failure, pauseMs });
    },
    counted(event) {
      if (event !== 'joined' && event !== 'lost' && event !== 'resumed') return;
      const sessions = countSessions(states());
      if (sessions.of > 1) report({ kind: 'sessions', because: event, sessions });
    },
    ended(failure) {
      const sessions = countSessions(states());
      if (failure === undefined) report({ kind: 'sessions', because: 'ended', sessions });
      else report({ kind: 'session-failed', ...failure, sessions });
    },
  };
}
