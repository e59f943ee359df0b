import {
  ANSWER_TIMEOUT_MS,
  finDelayAfter,
  finDelayMs,
  type FinDelay,
  type LastBytes,
} from './fin-delay.ts';

/** Where the connection of a local program is between its beginning and its end. */
export type ConnectionState =
  | {
      /** Both directions are open. */
      readonly kind: 'open';
      readonly last: LastBytes;
      readonly queue: Queue;
    }
  | {
      /** The program has ended its sending direction, or closed: the socket API shows no difference. */
      readonly kind: 'half-closed';
      readonly fin: FinProgress;
      readonly finDelay: FinDelay;
      readonly queue: Queue;
    }
  /** The target has ended, or no more is expected of it: what it sent is delivered to the program. */
  | { readonly kind: 'finishing' }
  /** Everything is delivered; the program has not ended its sending direction. */
  | { readonly kind: 'lingering' }
  | { readonly kind: 'closed' };

/** How far the end of the program's sending direction is on its way to the target. */
export type FinProgress =
  /** Bytes of the program wait to be sent. */
  | 'draining'
  /** They are sent, and the target has not acknowledged all of them. */
  | 'unacknowledged'
  /** The target has everything but the end, which is delayed while an answer may arrive. */
  | 'delayed'
  /** The end is sent; what the target sent before it may still arrive. */
  | 'sent';

/** Whether another program waits for the end of this connection. */
type Queue = 'empty' | 'waiting';

/** What happens to a connection. */
export type ConnectionEvent =
  | 'program-bytes'
  | 'target-bytes'
  /** The program has ended its sending direction, or closed. */
  | 'program-ended'
  /** No bytes of the program wait here. */
  | 'drained'
  | 'acknowledged'
  /** The time that an effect `wait` or `linger` started has passed. */
  | 'timeout'
  /** Another program waits for the end of this connection. */
  | 'queued'
  | 'target-ended'
  | 'delivered'
  | 'socket-closed'
  /** The session closes the connection. */
  | 'abort';

/** What is to be done about it, in this order. */
export type ConnectionEffect =
  /** Asks the system whether the program has closed the whole connection. */
  | { readonly kind: 'check-peer' }
  /** Raises `acknowledged`. */
  | { readonly kind: 'await-acknowledgement' }
  | {
      /** Raises `timeout` when no byte of the target has arrived for this time. */
      readonly kind: 'wait';
      readonly milliseconds: number;
    }
  /** Sends the end of the program's sending direction to the target, after the bytes that wait. */
  | { readonly kind: 'send-fin' }
  /** Drops the bytes that wait, and ends the program's receiving direction after the bytes for it. */
  | { readonly kind: 'end-program' }
  /** Raises `timeout` after a fixed time. */
  | { readonly kind: 'linger' }
  | { readonly kind: 'destroy' }
  /** Stops timers and drops the bytes for the program. */
  | { readonly kind: 'release' }
  /** Drops the bytes of the program, also those that have not arrived yet. */
  | { readonly kind: 'discard' }
  | { readonly kind: 'report-closed' };

/** The state after an event, and the effects of the event. */
export interface ConnectionStep {
  readonly state: ConnectionState;
  readonly effects: readonly ConnectionEffect[];
}

type StateOf<Kind> = Extract<ConnectionState, { readonly kind: Kind }>;
type HalfClosed = StateOf<'half-closed'>;
type Table = {
  readonly [S in ConnectionState['kind']]: Readonly<
    Record<ConnectionEvent, (state: StateOf<S>) => ConnectionStep>
  >;
};

/** A connection that has just been accepted. */
export const NEW_CONNECTION: ConnectionState = { kind: 'open', last: 'none', queue: 'empty' };

const CHECK_PEER: ConnectionEffect = { kind: 'check-peer' };
const AWAIT_ACKNOWLEDGEMENT: ConnectionEffect = { kind: 'await-acknowledgement' };
const SEND_FIN: ConnectionEffect = { kind: 'send-fin' };
const END_PROGRAM: ConnectionEffect = { kind: 'end-program' };
const LINGER: ConnectionEffect = { kind: 'linger' };
const DESTROY: ConnectionEffect = { kind: 'destroy' };
const RELEASE: ConnectionEffect = { kind: 'release' };
const DISCARD: ConnectionEffect = { kind: 'discard' };
const REPORT_CLOSED: ConnectionEffect = { kind: 'report-closed' };

const wait = (milliseconds: number): ConnectionEffect => ({ kind: 'wait', milliseconds });
const delayFin = ({ finDelay, queue }: HalfClosed): ConnectionEffect =>
  wait(finDelayMs(finDelay, queue === 'waiting'));

const step =
  (kind: 'finishing' | 'lingering' | 'closed', ...effects: readonly ConnectionEffect[]) =>
  (): ConnectionStep => ({ state: { kind }, effects });
const stay =
  (...effects: readonly ConnectionEffect[]) =>
  (state: ConnectionState): ConnectionStep => ({ state, effects });
const ignore = stay();
const abort = step('closed', RELEASE, DISCARD, DESTROY);

/** A program that has closed answers bytes with a reset; one that still reads waits for more of them. */
function receiveWhileHalfClosed(state: HalfClosed): ConnectionStep {
  if (state.fin === 'sent' || state.finDelay === 'for-answer') return ignore(state);
  const next: HalfClosed = { ...state, finDelay: 'for-answer' };
  const effects: ConnectionEffect[] = state.finDelay === 'answered' ? [CHECK_PEER] : [];
  return {
    state: next,
    effects: state.fin === 'delayed' ? [...effects, delayFin(next)] : effects,
  };
}

function waitedWhileHalfClosed(state: HalfClosed): ConnectionStep {
  switch (state.fin) {
    case 'delayed':
      return { state: { ...state, fin: 'sent' }, effects: [SEND_FIN, wait(ANSWER_TIMEOUT_MS)] };
    case 'sent':
      return step('finishing', END_PROGRAM)();
    case 'draining':
    case 'unacknowledged':
      return ignore(state);
  }
}

const TABLE: Table = {
  open: {
    'program-bytes': (state) => ({ state: { ...state, last: 'from-program' }, effects: [] }),
    'target-bytes': (state) => ({ state: { ...state, last: 'from-target' }, effects: [] }),
    'program-ended'({ last, queue }) {
      const finDelay = finDelayAfter(last);
      return {
        state: { kind: 'half-closed', fin: 'draining', finDelay, queue },
        effects: finDelay === 'answered' ? [] : [CHECK_PEER],
      };
    },
    drained: ignore,
    acknowledged: ignore,
    timeout: ignore,
    queued: (state) => ({ state: { ...state, queue: 'waiting' }, effects: [] }),
    'target-ended': step('finishing', END_PROGRAM, SEND_FIN),
    delivered: ignore,
    // The program has reset the connection: the target gets nothing more of it.
    'socket-closed': step('closed', RELEASE, DISCARD, SEND_FIN, REPORT_CLOSED),
    abort,
  },
  'half-closed': {
    'program-bytes': ignore,
    'target-bytes': receiveWhileHalfClosed,
    'program-ended': ignore,
    drained: (state) =>
      state.fin === 'draining'
        ? { state: { ...state, fin: 'unacknowledged' }, effects: [AWAIT_ACKNOWLEDGEMENT] }
        : ignore(state),
    acknowledged: (state) =>
      state.fin === 'unacknowledged'
        ? { state: { ...state, fin: 'delayed' }, effects: [delayFin(state)] }
        : ignore(state),
    timeout: waitedWhileHalfClosed,
    queued(state) {
      if (state.queue === 'waiting') return ignore(state);
      const next: HalfClosed = { ...state, queue: 'waiting' };
      return { state: next, effects: state.fin === 'delayed' ? [delayFin(next)] : [] };
    },
    'target-ended': ({ fin }) =>
      fin === 'sent'
        ? step('finishing', END_PROGRAM)()
        : step('finishing', END_PROGRAM, SEND_FIN)(),
    delivered: ignore,
    // What the program sent before an orderly end is still sent to the target.
    'socket-closed': ({ fin }) =>
      fin === 'sent'
        ? step('closed', RELEASE, REPORT_CLOSED)()
        : step('closed', RELEASE, SEND_FIN, REPORT_CLOSED)(),
    abort,
  },
  finishing: {
    'program-bytes': ignore,
    'target-bytes': ignore,
    'program-ended': ignore,
    drained: ignore,
    acknowledged: ignore,
    timeout: ignore,
    queued: ignore,
    'target-ended': ignore,
    delivered: step('lingering', LINGER),
    'socket-closed': step('closed', RELEASE, REPORT_CLOSED),
    abort,
  },
  lingering: {
    'program-bytes': ignore,
    'target-bytes': ignore,
    'program-ended': ignore,
    drained: ignore,
    acknowledged: ignore,
    timeout: stay(DESTROY),
    queued: ignore,
    'target-ended': ignore,
    delivered: ignore,
    'socket-closed': step('closed', RELEASE, REPORT_CLOSED),
    abort,
  },
  closed: {
    'program-bytes': ignore,
    'target-bytes': ignore,
    'program-ended': ignore,
    drained: ignore,
    acknowledged: ignore,
    timeout: ignore,
    queued: ignore,
    'target-ended': ignore,
    delivered: ignore,
    'socket-closed': ignore,
    // Bytes of an orderly end may still wait.
    abort: stay(DISCARD),
  },
};

/** The life of a local connection as a pure function: every state and every event have a cell in one table. */
export function advanceConnection(state: ConnectionState, event: ConnectionEvent): ConnectionStep {
  // The compiler cannot see that the key fits the parameter of the cell.
  const cell = TABLE[state.kind][event] as (state: ConnectionState) => ConnectionStep;
  return cell(state);
}

/** The program has ended its sending direction or closed, and the target does not know yet. */
export function isFinPending(state: ConnectionState): boolean {
  return state.kind === 'half-closed' && state.fin !== 'sent';
}

/** Nothing follows the bytes that wait, and the end must be sent to the target. */
export function isSendingEnded(state: ConnectionState): boolean {
  return state.kind !== 'open' && !isFinPending(state);
}

/** Bytes of the target are for the program. */
export function acceptsTargetBytes(state: ConnectionState): boolean {
  return state.kind === 'open' || state.kind === 'half-closed';
}
