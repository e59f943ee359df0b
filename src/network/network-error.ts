/** Why a connection could not be made. */
export type NetworkErrorReason =
  /** The host could not be reached: name, route, refused. */
  | 'unreachable'
  /** Nobody answered within the bound. */
  | 'timeout'
  /** The proxy could not be reached, or did not let the connection through. */
  | 'proxy'
  /** A proxy or trust setting cannot be used. */
  | 'setting'
  /** The certificate is not trusted, has expired, or is another host's. */
  | 'certificate'
  /** TLS failed in another way. */
  | 'tls';

/** A connection that could not be made; the message is one sentence for the user. */
export class NetworkError extends Error {
  override readonly name = 'NetworkError';
  readonly reason: NetworkErrorReason;

  constructor(reason: NetworkErrorReason, message: string) {
    super(message);
    this.reason = reason;
  }
}
