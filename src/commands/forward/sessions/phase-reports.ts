import type { Clock } from '../../../lib/clock.ts';
import type { SessionEvent } from '../../../session/session-event.ts';
import type { PortChange, PortFailure } from '../../../cli/ports/forwarded-port.ts';
import { portPhase, type PortPhase } from './port-phase.ts';
import type { PortSessionState } from './session-states.ts';

/** The sessions of a port after a change. */
export interface SessionsNow {
  readonly states: readonly PortSessionState[];
  /** Why the first one that has lost its connection did. */
  readonly lost: Extract<SessionEvent, { readonly kind: 'reconnecting' }> | undefined;
  /** The target of a session that takes connections. */
  readonly target: string | undefined;
  /** Why the last one ended, if it failed. */
  readonly failure: PortFailure | undefined;
  /** How long the next one waits, in milliseconds. */
  readonly pauseMs: number;
}

/** Reports what a port does when its sessions change. */
export interface PhaseReports {
  /** @returns whether the port does something else now */
  update(now: SessionsNow): boolean;
  /** The port has begun to listen, which was reported. */
  listening(): void;
}

/** A port whose first session is being started, or which begins to listen without one. */
export function createPhaseReports(
  clock: Pick<Clock, 'monotonic'>,
  report: (change: PortChange) => void,
): PhaseReports {
  let phase: PortPhase = 'starting';
  /** What was reported last is not that local programs are served. */
  let isSuspended = false;

  const changes = (
    before: PortPhase,
    { lost, target, failure, pauseMs }: SessionsNow,
  ): PortChange | undefined => {
    switch (phase) {
      case 'serving':
        if (before === 'cut-off') return { kind: 'reconnected' };
        return isSuspended ? { kind: 'ready', target } : undefined;
      case 'cut-off':
        return lost;
      case 'starting':
      case 'idle':
        return { kind: phase, failure };
      case 'pausing':
        return { kind: 'pausing', failure, pauseMs, until: clock.monotonic() + pauseMs };
      case 'closed':
        return undefined;
    }
  };

  return {
    update(now) {
      const next = portPhase(now.states);
      if (next === undefined || next === phase) return false;
      const before = phase;
      phase = next;
      const change = changes(before, now);
      isSuspended = phase === 'starting' || phase === 'idle' || phase === 'pausing';
      if (change !== undefined) report(change);
      return true;
    },
    listening() {
      isSuspended = false;
    },
  };
}
