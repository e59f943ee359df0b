import {
  parseHandshakeComplete,
  parseHandshakeRequest,
  type HandshakeRequest,
} from '../protocol/handshake.ts';
import type { HandshakeOutcome, SessionKind } from './handshake/answer-handshake.ts';
import type { End } from './ending.ts';
import { findKindMismatch, type RequestedKind } from './handshake/requested-kind.ts';

/** Where a session is between its first frame and its exit status. */
export type LifecycleState =
  /** The agent has sent nothing. */
  | { readonly kind: 'opening' }
  | {
      /** The actions of the agent's handshake request are being processed. */
      readonly kind: 'answering';
      readonly request: HandshakeRequest;
    }
  | {
      /** The request is answered; the agent has not yet completed the handshake. */
      readonly kind: 'handshake';
      readonly agentVersion: string;
      readonly session: SessionKind;
      /** The agent sends one challenge, and only in an encrypted session. */
      readonly challenge: 'expected' | 'done';
    }
  | ({ readonly kind: 'running' } & Begun)
  | {
      readonly kind: 'ending';
      readonly by: End;
      /** Empty when the agent has not named it. */
      readonly agentVersion: string;
      /** Undefined when the session had not begun. */
      readonly begun: Begun | undefined;
    }
  | { readonly kind: 'ended' };

/** A session whose kind is known. */
export interface Begun {
  /** Four dotted numbers; empty when the session had no handshake. */
  readonly agentVersion: string;
  readonly session: SessionKind;
}

/** What happens to a session. Payloads are those of data messages, in order. */
export type LifecycleEvent =
  | { readonly kind: 'handshake-request'; readonly payload: Buffer }
  | { readonly kind: 'actions-processed'; readonly outcome: HandshakeOutcome }
  | { readonly kind: 'challenge'; readonly payload: Buffer }
  | { readonly kind: 'handshake-complete'; readonly payload: Buffer }
  /** Any other payload. */
  | { readonly kind: 'payload'; readonly payloadType: number; readonly payload: Buffer }
  /** The agent has begun without a handshake, and waits for input. */
  | { readonly kind: 'no-handshake' }
  | { readonly kind: 'end'; readonly end: End }
  /** Everything is released and printed. */
  | { readonly kind: 'closed' };

/** What an event causes, in this order. */
export type LifecycleEffect =
  | { readonly kind: 'process-actions'; readonly request: HandshakeRequest }
  | {
      readonly kind: 'send-response';
      readonly request: HandshakeRequest;
      readonly outcome: HandshakeOutcome;
    }
  | { readonly kind: 'answer-challenge'; readonly payload: Buffer }
  | {
      /** Creates the session type and starts it. */
      readonly kind: 'begin';
      readonly begun: Begun;
      /** The agent's customer message; empty when it has none. */
      readonly message: string;
    }
  | { readonly kind: 'deliver'; readonly payloadType: number; readonly payload: Buffer }
  | { readonly kind: 'drop'; readonly level: 'warn' | 'error'; readonly reason: string }
  /** Raises the event `end`. */
  | { readonly kind: 'end'; readonly end: End }
  | { readonly kind: 'wind-down'; readonly end: End; readonly begun: Begun | undefined };

/** The state after an event, and what the event causes. */
export interface Step {
  readonly state: LifecycleState;
  readonly effects: readonly LifecycleEffect[];
}

type StateOf<Kind> = Extract<LifecycleState, { readonly kind: Kind }>;
type EventOf<Kind> = Extract<LifecycleEvent, { readonly kind: Kind }>;
type Cell<S, E> = (state: StateOf<S>, event: EventOf<E>, requested: RequestedKind) => Step;
type Table = {
  readonly [S in LifecycleState['kind']]: {
    readonly [E in LifecycleEvent['kind']]: Cell<S, E>;
  };
};

const SHELL_WITHOUT_HANDSHAKE: Begun = { agentVersion: '', session: { kind: 'shell' } };

const ignore = (state: LifecycleState): Step => ({ state, effects: [] });

const drop =
  (level: 'warn' | 'error', reason: string) =>
  (state: LifecycleState): Step => ({ state, effects: [{ kind: 'drop', level, reason }] });

/**
 * The answer to a challenge is the challenge, encrypted as typed input is. A gateway without the data
 * key could turn recorded output into input that way. So only the challenge of the handshake is
 * answered, and only once (docs/design/protocol.md#encryption).
 */
const dropChallenge = drop('error', 'dropped a challenge outside the handshake');
/** A completion before the answer would start an encrypted session in plain text. */
const dropCompletion = drop('warn', 'dropped a HandshakeComplete that is not expected');

const dropPayload = (state: LifecycleState, event: EventOf<'payload'>): Step =>
  drop(
    'warn',
    `dropped a payload of type ${event.payloadType}: no session runs that could take it`,
  )(state);

const deliver = (state: LifecycleState, event: EventOf<'payload'>): Step => ({
  state,
  effects: [{ kind: 'deliver', payloadType: event.payloadType, payload: event.payload }],
});

const end = (state: LifecycleState, event: EventOf<'end'>): Step => {
  const begun = begunOf(state);
  return {
    state: { kind: 'ending', by: event.end, agentVersion: agentVersionOf(state), begun },
    effects: [{ kind: 'wind-down', end: event.end, begun }],
  };
};

function begin(
  state: LifecycleState,
  begun: Begun,
  message: string,
  requested: RequestedKind,
): Step {
  const mismatch = findKindMismatch(requested, begun.session, begun.agentVersion);
  if (mismatch === undefined) {
    return { state: { kind: 'running', ...begun }, effects: [{ kind: 'begin', begun, message }] };
  }
  return { state, effects: [{ kind: 'end', end: { kind: 'cannot-start', failure: mismatch } }] };
}

/** Only the first end counts, but a fatal error ends everything. */
const endAgain = (state: StateOf<'ending'>, event: EventOf<'end'>): Step =>
  event.end.kind === 'fatal-error' && state.by.kind !== 'fatal-error'
    ? end(state, event)
    : ignore(state);

const TABLE: Table = {
  opening: {
    'handshake-request'(_, { payload }) {
      const request = parseHandshakeRequest(payload);
      return {
        state: { kind: 'answering', request },
        effects: [{ kind: 'process-actions', request }],
      };
    },
    'actions-processed': ignore,
    challenge: dropChallenge,
    'handshake-complete': dropCompletion,
    // Without a handshake the first output is the start of a shell.
    payload(state, event, requested) {
      const { state: next, effects } = begin(state, SHELL_WITHOUT_HANDSHAKE, '', requested);
      if (next.kind !== 'running') return { state: next, effects };
      return { state: next, effects: [...effects, ...deliver(next, event).effects] };
    },
    'no-handshake': (state, _, requested) => begin(state, SHELL_WITHOUT_HANDSHAKE, '', requested),
    end,
    closed: ignore,
  },
  answering: {
    'handshake-request': ignore,
    'actions-processed'({ request }, { outcome }) {
      const { cipher, session, failure } = outcome;
      const { agentVersion } = request;
      const challenge = cipher === undefined ? 'done' : 'expected';
      const answer = { kind: 'send-response', request, outcome } as const;
      return {
        state: { kind: 'handshake', agentVersion, session, challenge },
        effects:
          failure === undefined
            ? [answer]
            : [answer, { kind: 'end', end: { kind: 'cannot-start', failure } }],
      };
    },
    challenge: dropChallenge,
    'handshake-complete': dropCompletion,
    payload: dropPayload,
    'no-handshake': ignore,
    end,
    closed: ignore,
  },
  handshake: {
    'handshake-request': ignore,
    'actions-processed': ignore,
    challenge(state, { payload }) {
      if (state.challenge === 'done') return dropChallenge(state);
      return {
        state: { ...state, challenge: 'done' },
        effects: [{ kind: 'answer-challenge', payload }],
      };
    },
    'handshake-complete'(state, { payload }, requested) {
      const { customerMessage } = parseHandshakeComplete(payload);
      const { agentVersion, session } = state;
      return begin(state, { agentVersion, session }, customerMessage, requested);
    },
    payload: dropPayload,
    'no-handshake': ignore,
    end,
    closed: ignore,
  },
  running: {
    'handshake-request': ignore,
    'actions-processed': ignore,
    challenge: dropChallenge,
    'handshake-complete': dropCompletion,
    payload: deliver,
    'no-handshake': ignore,
    end,
    closed: ignore,
  },
  ending: {
    'handshake-request': ignore,
    'actions-processed': ignore,
    challenge: dropChallenge,
    'handshake-complete': dropCompletion,
    payload: (state, event) =>
      state.begun === undefined ? dropPayload(state, event) : deliver(state, event),
    'no-handshake': ignore,
    end: endAgain,
    closed: () => ({ state: { kind: 'ended' }, effects: [] }),
  },
  ended: {
    'handshake-request': ignore,
    'actions-processed': ignore,
    challenge: dropChallenge,
    'handshake-complete': dropCompletion,
    payload: dropPayload,
    'no-handshake': ignore,
    end: ignore,
    closed: ignore,
  },
};

/**
 * The life of a session as a pure function, after h11: one table has a cell for every state
 * and every event.
 *
 * @param requested - the kind of session the user asked for: an agent that offers another is refused
 * @throws ProtocolError for a payload that cannot be parsed; the state is then as it was
 */
export function advance(
  state: LifecycleState,
  event: LifecycleEvent,
  requested: RequestedKind,
): Step {
  // The compiler cannot see that both keys fit the cell's parameters.
  const cell = TABLE[state.kind][event.kind] as (
    state: LifecycleState,
    event: LifecycleEvent,
    requested: RequestedKind,
  ) => Step;
  return cell(state, event, requested);
}

/** Whether the session has ended or is ending. */
export function isEnding({ kind }: LifecycleState): boolean {
  return kind === 'ending' || kind === 'ended';
}

/** What has begun, also of a session that is ending. */
export function begunOf(state: LifecycleState): Begun | undefined {
  switch (state.kind) {
    case 'running':
      return { agentVersion: state.agentVersion, session: state.session };
    case 'ending':
      return state.begun;
    default:
      return undefined;
  }
}

/** Four dotted numbers; empty while the agent has not named it. */
export function agentVersionOf(state: LifecycleState): string {
  switch (state.kind) {
    case 'answering':
      return state.request.agentVersion;
    case 'handshake':
    case 'running':
    case 'ending':
      return state.agentVersion;
    case 'opening':
    case 'ended':
      return '';
  }
}
