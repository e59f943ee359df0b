import { createSessionPace, type RequestPace } from './request-pace.ts';

/**
 * Units on their way to one session once blocks are sent with pauses: a burst of them, when requests were
 * delayed, stays far below the messages of a second.
 */
const PACED_UNITS = 4;

/** What each session is asked for: the next request goes to the one with the least. */
export interface SessionLoads {
  /** Whether blocks are sent with pauses. */
  readonly isPaced: boolean;
  /** From now on no session gets more requests than its messages a second allow. */
  pace(): void;
  /** The session for the next request; undefined when none may be asked now. */
  pick(sessions: readonly number[], now: number): number | undefined;
  /** Milliseconds until one may be asked; undefined when first a block must arrive. */
  wait(sessions: readonly number[], now: number): number | undefined;
  asked(session: number, units: number, now: number): void;
  arrived(session: number, units: number): void;
  /** The session has ended. */
  remove(session: number): void;
}

/** Creates the loads of sessions that are asked for nothing yet. */
export function createSessionLoads(): SessionLoads {
  const onTheWay = new Map<number, number>();
  /** By session; undefined until blocks are sent with pauses. */
  let paces: Map<number, RequestPace> | undefined;

  const paceOf = (session: number): RequestPace | undefined => {
    if (paces === undefined) return undefined;
    const pace = paces.get(session) ?? createSessionPace();
    paces.set(session, pace);
    return pace;
  };
  const unitsOf = (session: number): number => onTheWay.get(session) ?? 0;
  const isFull = (session: number): boolean =>
    paces !== undefined && unitsOf(session) >= PACED_UNITS;
  const waitOf = (session: number, now: number): number => paceOf(session)?.wait(now) ?? 0;

  return {
    get isPaced() {
      return paces !== undefined;
    },
    pace() {
      paces ??= new Map();
    },
    pick(sessions, now) {
      const free = sessions.filter((one) => !isFull(one) && waitOf(one, now) === 0);
      return free.sort((a, b) => unitsOf(a) - unitsOf(b))[0];
    },
    wait(sessions, now) {
      const waits = sessions.filter((one) => !isFull(one)).map((one) => waitOf(one, now));
      return waits.length === 0 ? undefined : Math.min(...waits);
    },
    asked(session, units, now) {
      onTheWay.set(session, unitsOf(session) + units);
      paceOf(session)?.sent(units, now);
    },
    arrived(session, units) {
      onTheWay.set(session, unitsOf(session) - units);
    },
    remove(session) {
      onTheWay.delete(session);
    },
  };
}
