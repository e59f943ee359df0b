/** Where the input of a shell session is. */
export type ShellInputState =
  /** The session has not begun. */
  | 'unstarted'
  /** stdin is read. */
  | 'open'
  /** stdin has ended, and bytes of it wait to be sent. */
  | 'draining'
  /** All input was sent, and the remote side has not acknowledged all of it. */
  | 'unacknowledged'
  /** The remote side has all input, and gets its end; or bytes have ended, whose end it does not get. */
  | 'ended'
  /** The terminal was closed, and the session ends because of that. */
  | 'hung-up'
  | 'closed';

/** What happens to the input. */
export type ShellInputEvent =
  | 'started'
  /** stdin has ended, and it is no terminal. */
  | 'stdin-ended'
  /** stdin has ended, and it is a terminal. */
  | 'terminal-closed'
  /** The stream of bytes has ended. */
  | 'bytes-ended'
  /** No input waits to be sent. */
  | 'sent'
  | 'acknowledged'
  | 'closed';

/** What an event causes. */
export type ShellInputEffect =
  /** Begins to read stdin. */
  | 'read'
  /** Has what waits sent, and the end after it. */
  | 'wake'
  | 'await-acknowledgement'
  /** Reports the end of input to the remote side. */
  | 'send-end'
  /** Ends the session, as SIGHUP does. */
  | 'hang-up'
  /** Stops reading, and stops all timers. */
  | 'release';

interface Transition {
  readonly next: ShellInputState;
  readonly effect: ShellInputEffect;
}

const CLOSED: Transition = { next: 'closed', effect: 'release' };

/** The transition of each event. An event that is not here changes nothing. */
export const SHELL_INPUT_TRANSITIONS: Readonly<
  Record<ShellInputState, Readonly<Partial<Record<ShellInputEvent, Transition>>>>
> = {
  unstarted: { started: { next: 'open', effect: 'read' }, closed: CLOSED },
  open: {
    'stdin-ended': { next: 'draining', effect: 'wake' },
    'terminal-closed': { next: 'hung-up', effect: 'hang-up' },
    'bytes-ended': { next: 'ended', effect: 'wake' },
    closed: CLOSED,
  },
  draining: { sent: { next: 'unacknowledged', effect: 'await-acknowledgement' }, closed: CLOSED },
  unacknowledged: { acknowledged: { next: 'ended', effect: 'send-end' }, closed: CLOSED },
  ended: { closed: CLOSED },
  'hung-up': { closed: CLOSED },
  closed: {},
};
