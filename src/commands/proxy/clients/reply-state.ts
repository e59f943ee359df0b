/** How far the reply to a client is. */
export type ReplyState = 'waiting' | 'accepted' | 'closed';

/** What is known of the destination of a client. */
export type ReplyEvent =
  /** Bytes or an end of the destination, or nothing of it within the time limit. */
  'answered' | 'timeout' | 'failed' | 'session-ended' | 'closed';

/** What the client gets. */
export type ReplyEffect = 'accept' | 'refuse' | 'reset' | undefined;

type Row = Readonly<Record<ReplyEvent, readonly [ReplyState, ReplyEffect?]>>;

/**
 * The state after each event, and its effect. The agent reports no connection that it has made, only a failure:
 * one that comes after the reply is a reset (docs/design/agent.md#ports).
 */
export const REPLY_TRANSITIONS: Readonly<Record<ReplyState, Row>> = {
  waiting: {
    answered: ['accepted', 'accept'],
    timeout: ['accepted', 'accept'],
    failed: ['closed', 'refuse'],
    'session-ended': ['closed', 'refuse'],
    closed: ['closed'],
  },
  accepted: {
    answered: ['accepted'],
    timeout: ['accepted'],
    failed: ['closed', 'reset'],
    // What was received is delivered first.
    'session-ended': ['closed'],
    closed: ['closed'],
  },
  closed: {
    answered: ['closed'],
    timeout: ['closed'],
    failed: ['closed'],
    'session-ended': ['closed'],
    closed: ['closed'],
  },
};
