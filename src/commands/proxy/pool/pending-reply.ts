import type { Clock, Timer } from '../../../lib/clock.ts';
import type { ProxyClient, Refusal } from '../clients/proxy-client.ts';
import { REPLY_TRANSITIONS, type ReplyEvent, type ReplyState } from '../clients/reply-state.ts';

/**
 * How long a failure to connect is waited for, from the moment when the agent has the request: together that is a
 * round trip and this time. Most ports that refuse a connection, and names that do not exist, are known by then.
 */
export const FAILURE_WAIT_MS = 300;

/** The reply to a client that a session has taken. */
export interface PendingReply {
  /** The agent has the request: a failure is waited for only a moment longer. */
  requested(): void;
  /** Something has come of the destination, or of another connection to it. */
  answered(): void;
  failed(refusal: Refusal): void;
  /** Its session ends, which ends the connection. */
  sessionEnded(refusal: Refusal): void;
  /** The connection is closed. */
  closed(): void;
}

/** A reply that waits for its destination. */
export function createPendingReply(client: ProxyClient, clock: Clock): PendingReply {
  let state: ReplyState = 'waiting';
  let timer: Timer | undefined;
  const dispatch = (event: ReplyEvent, refusal?: Refusal): void => {
    const [next, effect] = REPLY_TRANSITIONS[state][event];
    state = next;
    if (state !== 'waiting') timer?.cancel();
    if (effect === 'accept') client.accept();
    else if (effect === 'reset') client.reset();
    else if (effect === 'refuse' && refusal !== undefined) client.refuse(refusal);
  };
  return {
    requested() {
      if (state === 'waiting') timer ??= clock.after(FAILURE_WAIT_MS, () => dispatch('timeout'));
    },
    answered: () => dispatch('answered'),
    failed: (refusal) => dispatch('failed', refusal),
    sessionEnded: (refusal) => dispatch('session-ended', refusal),
    closed: () => dispatch('closed'),
  };
}
