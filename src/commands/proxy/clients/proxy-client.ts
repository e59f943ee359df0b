import type { Failure } from '../../../lib/errors/failure.ts';
import type { LocalSocket } from '../../../session/port/connection/local-socket.ts';

/** Why a client is not connected. */
export type Refusal = Omit<Failure, 'reason'> & { readonly kind: RefusalKind };

/**
 * Replies depend on it: denied by a rule, by AWS or on the target; not reached, of which a relay knows more; no room; no
 * session.
 */
export type RefusalKind = 'denied' | 'unreachable' | 'refused' | 'timeout' | 'busy' | 'failed';

/** A program that wants a connection to a destination, in one of the protocols of the proxy. */
export interface ProxyClient {
  /** Carries the bytes once a session has it. It has not been read since the request. */
  readonly socket: LocalSocket;
  /** Sends the reply that there is a connection. Not called again. */
  accept(): void;
  /** Sends the reply that there is none, and ends the connection. */
  refuse(refusal: Refusal): void;
  /** Cuts the connection after `accept()`. */
  reset(): void;
}
