/** How far the end of stdin is on its way to the target. */
export type StdioState =
  | 'open'
  /** stdin has ended, and bytes of it wait to be sent. */
  | 'draining'
  /** They are sent, and the target has not acknowledged all of them. */
  | 'unacknowledged'
  /** The target has everything. The session ends when it sends no more bytes. */
  | 'awaiting-rest'
  | 'closed';

/** What happens to a stdio session. */
export type StdioEvent =
  | 'input-ended'
  /** No bytes of stdin wait here. */
  | 'drained'
  | 'acknowledged'
  | 'close';

/** The state after each event. */
export const STDIO_TRANSITIONS: Readonly<
  Record<StdioState, Readonly<Record<StdioEvent, StdioState>>>
> = {
  open: {
    'input-ended': 'draining',
    drained: 'open',
    acknowledged: 'open',
    close: 'closed',
  },
  draining: {
    'input-ended': 'draining',
    drained: 'unacknowledged',
    acknowledged: 'draining',
    close: 'closed',
  },
  unacknowledged: {
    'input-ended': 'unacknowledged',
    drained: 'unacknowledged',
    acknowledged: 'awaiting-rest',
    close: 'closed',
  },
  'awaiting-rest': {
    'input-ended': 'awaiting-rest',
    drained: 'awaiting-rest',
    acknowledged: 'awaiting-rest',
    close: 'closed',
  },
  closed: {
    'input-ended': 'closed',
    drained: 'closed',
    acknowledged: 'closed',
    close: 'closed',
  },
};
