import type { SessionOutcome } from './next-step.ts';
import type { Slot } from './slots/slot.ts';

/**
 * How a port ends: as the session did that was the last to take connections, or as the last one that was tried when
 * none did.
 */
export interface PortEnd {
  /** A session of the slot takes no more connections. */
  left(slot: Slot): void;
  /** It is replaced: how it ended does not matter. */
  replaced(slot: Slot): void;
  /** Nothing follows this. */
  closed(outcome: SessionOutcome): void;
  readonly outcome: SessionOutcome;
  /** As the session that was the last to take connections; undefined when none did, or it is replaced. */
  readonly served: SessionOutcome | undefined;
}

/** An outcome without a failure. */
export const ENDED: SessionOutcome = { kind: 'ended', status: 0 };

/** A port that has had no session. */
export function createPortEnd(): PortEnd {
  let lastServing: Slot | undefined;
  let outcome = ENDED;
  return {
    left: (slot) => void (lastServing = slot),
    replaced(slot) {
      if (lastServing === slot) lastServing = undefined;
    },
    closed: (last) => void (outcome = last),
    get outcome() {
      return outcome;
    },
    get served() {
      return lastServing?.outcome;
    },
  };
}
