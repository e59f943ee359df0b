/** What happens to the frames that a channel receives. */
export type GatheringState =
  /** Each is processed when it arrives. */
  | 'passing'
  /** Those of bulk data wait for others. */
  | 'holding'
  | 'closed';

/** What happens to the gathering of frames. */
export type GatheringEvent =
  /** A frame of bulk data arrived. */
  | 'bulk-arrived'
  /** Any other frame arrived: an echo, the end of an answer, an acknowledgement. */
  | 'other-arrived'
  /** What is held has waited long enough, or is needed now. */
  | 'release'
  | 'close';

/** What the gathering of frames does. */
export type GatheringEffect =
  /** Keeps the frame that arrived. */
  | 'hold'
  /** Limits the time until `release`. */
  | 'start-timer'
  /** Processes the held frames. */
  | 'process-held'
  /** Processes the frame that arrived. */
  | 'process'
  | 'discard-held';

/** The next state, and what is done on the way to it, in this order. */
export interface GatheringTransition {
  readonly next: GatheringState;
  readonly effects: readonly GatheringEffect[];
}

/** The transition of each event. An event without an entry changes nothing. */
export const GATHERING_TRANSITIONS: Readonly<
  Record<GatheringState, Readonly<Partial<Record<GatheringEvent, GatheringTransition>>>>
> = {
  passing: {
    'bulk-arrived': { next: 'holding', effects: ['hold', 'start-timer'] },
    'other-arrived': { next: 'passing', effects: ['process'] },
    close: { next: 'closed', effects: [] },
  },
  holding: {
    'bulk-arrived': { next: 'holding', effects: ['hold'] },
    'other-arrived': { next: 'passing', effects: ['process-held', 'process'] },
    release: { next: 'passing', effects: ['process-held'] },
    close: { next: 'closed', effects: ['discard-held'] },
  },
  closed: {},
};
