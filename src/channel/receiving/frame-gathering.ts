import type { Clock, Timer } from '../../lib/clock.ts';
import { createBulkData } from './bulk-data.ts';
import {
  GATHERING_TRANSITIONS,
  type GatheringEffect,
  type GatheringEvent,
  type GatheringState,
} from './gathering-state.ts';

/**
 * How long a frame of bulk data is held. The agent sends a message again when its acknowledgement takes 10 ms longer
 * than on average (docs/design/agent.md#losses): this and a late timer are less.
 */
const HOLD_MS = 8;
/** Held bytes above which all are processed: a read of a fast network brings as many. */
const HELD_BYTES_LIMIT = 64 * 1024;

/** `at-once` holds nothing: a measurement compares with it. */
export type Gathering = 'gathered' | 'at-once';

/** What the gathering of frames works with. */
export interface GatheringOptions {
  readonly clock: Clock;
  /** By default frames of bulk data are gathered. */
  readonly gathering?: Gathering | undefined;
}

/** Decides when received frames are processed. */
export interface FrameGathering {
  /** A frame arrived. */
  receive(frame: Buffer): void;
  /** Something is sent: what is acknowledged goes with it, and answers are processed at once. */
  sent(): void;
  /** Processes what is held. */
  release(): void;
  /** Discards what is held, and everything that arrives later. */
  close(): void;
}

/**
 * Gathers the frames of bulk data. Processing several in one turn of the event loop costs half as much as each
 * on its own: one write takes all their acknowledgements, and one all their payloads (docs/design/decisions.md#bulk-data-is-gathered).
 * All other frames are processed when they arrive, and in their order.
 *
 * @param process - takes the frames in order; it may call back
 */
export function createFrameGathering(
  { clock, gathering = 'gathered' }: GatheringOptions,
  process: (frames: readonly Buffer[]) => void,
): FrameGathering {
  const bulkData = createBulkData(() => clock.monotonic());
  let state: GatheringState = 'passing';
  let held: Buffer[] = [];
  let heldBytes = 0;
  let timer: Timer | undefined;

  const takeHeld = (): readonly Buffer[] => {
    const taken = held;
    held = [];
    heldBytes = 0;
    timer?.cancel();
    timer = undefined;
    return taken;
  };
  const perform = (effect: GatheringEffect, arrived: readonly Buffer[]): void => {
    switch (effect) {
      case 'hold':
        held.push(...arrived);
        for (const frame of arrived) heldBytes += frame.length;
        break;
      case 'start-timer':
        timer = clock.after(HOLD_MS, () => dispatch('release'));
        break;
      case 'process-held':
        process(takeHeld());
        break;
      case 'process':
        process(arrived);
        break;
      case 'discard-held':
        takeHeld();
    }
  };
  const dispatch = (event: GatheringEvent, arrived: readonly Buffer[] = []): void => {
    const transition = GATHERING_TRANSITIONS[state][event];
    if (transition === undefined) return;
    state = transition.next;
    for (const effect of transition.effects) perform(effect, arrived);
  };
  return {
    receive(frame) {
      const isBulk = gathering === 'gathered' && bulkData.arrived(frame);
      dispatch(isBulk ? 'bulk-arrived' : 'other-arrived', [frame]);
      if (heldBytes > HELD_BYTES_LIMIT) dispatch('release');
    },
    sent() {
      bulkData.sent();
      dispatch('release');
    },
    release: () => dispatch('release'),
    close: () => dispatch('close'),
  };
}
