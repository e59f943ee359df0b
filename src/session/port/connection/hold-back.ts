/**
 * While an answer may be outstanding, the end of a program's sending direction is held back: the
 * agent closes the target's connection whole when it hears of it (`handleDataTransfer` of its
 * `port_mux.go`), and the answer is lost. After so many milliseconds without a byte no answer is
 * expected any more (docs/design/protocol.md#half-closed-connections: a few seconds).
 */
export const ANSWER_TIMEOUT_MS = 5_000;
/**
 * A program that had an answer to all that it sent has most likely closed, and targets count their
 * connections: the end goes out within 200 ms. So much of it is left for bytes that are under way.
 */
export const ANSWERED_HOLD_MS = 100;
/**
 * Nothing has passed either way: the program may be one that only reads what the target says first,
 * which takes a dial and a round trip. It is told apart within a second, some of which the round trip
 * and the timers take.
 */
export const UNUSED_HOLD_MS = 800;

/** What passed last on a connection. */
export type LastBytes = 'none' | 'from-program' | 'from-target';

/** How long the end of a program's sending direction is held back, and why. */
export type Hold =
  /** An answer may be outstanding. */
  | 'for-answer'
  /** The program had its answer. */
  | 'answered'
  /** Nothing has passed. */
  | 'unused';

/** Milliseconds without a byte from the target after which the end is held back no more. */
export const HOLD_MS: Readonly<Record<Hold, number>> = {
  'for-answer': ANSWER_TIMEOUT_MS,
  answered: ANSWERED_HOLD_MS,
  unused: UNUSED_HOLD_MS,
};

/** @param last - what had passed when the program ended its sending direction */
export function holdAfter(last: LastBytes): Hold {
  switch (last) {
    case 'none':
      return 'unused';
    case 'from-program':
      return 'for-answer';
    case 'from-target':
      return 'answered';
  }
}
