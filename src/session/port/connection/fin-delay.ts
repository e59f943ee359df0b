/**
 * While an answer may be outstanding, the end of a program's sending direction is delayed: on receiving it,
 * the agent closes the whole connection to the target (`handleDataTransfer` of its `port_mux.go`), and the
 * answer is lost. After this many milliseconds without a byte no answer is expected
 * (docs/design/protocol.md#half-closed-connections: some seconds).
 */
export const ANSWER_TIMEOUT_MS = 5_000;
/**
 * A program that had an answer to all that it sent has most likely closed, and targets limit the number of
 * their connections: the end is sent within 200 ms. This delay is the part of it for bytes that are in
 * flight.
 */
export const ANSWERED_FIN_DELAY_MS = 100;
/**
 * No bytes in either direction: the program may only read, and the first bytes of the target need a dial and
 * a round trip. The end is sent within a second; the round trip and the timers take the rest.
 */
export const UNUSED_FIN_DELAY_MS = 800;

/** The direction of the last bytes of a connection. */
export type LastBytes = 'none' | 'from-program' | 'from-target';

/** Why the end of a program's sending direction is delayed. */
export type FinDelay =
  /** An answer may be outstanding. */
  | 'for-answer'
  /** The program had its answer. */
  | 'answered'
  /** Nothing has passed. */
  | 'unused';

/** Milliseconds without a byte from the target after which the end goes out. */
export const FIN_DELAY_MS: Readonly<Record<FinDelay, number>> = {
  'for-answer': ANSWER_TIMEOUT_MS,
  answered: ANSWERED_FIN_DELAY_MS,
  unused: UNUSED_FIN_DELAY_MS,
};

/** @param last - the direction of the last bytes before the program ended its sending direction */
export function finDelayAfter(last: LastBytes): FinDelay {
  switch (last) {
    case 'none':
      return 'unused';
    case 'from-program':
      return 'for-answer';
    case 'from-target':
      return 'answered';
  }
}

/**
 * Milliseconds without a byte from the target after which the end goes out.
 *
 * @param isAwaited - another program waits for the end: it is sent as if the program had its answer
 */
export function finDelayMs(finDelay: FinDelay, isAwaited: boolean): number {
  return FIN_DELAY_MS[isAwaited ? 'answered' : finDelay];
}
