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

/**
 * A connection that could not be made; the message is one sentence for the user, and `cause` the
 * system's own error where there is one.
 */
export class NetworkError extends Error {
  override readonly name = 'NetworkError';
  readonly reason: NetworkErrorReason;

  constructor(reason: NetworkErrorReason, message: string, cause?: unknown) {
    super(message, { cause });
    this.reason = reason;
  }
}

/**
 * Whether an error is a {@link NetworkError}. It goes by the name: the program and its AWS part are
 * bundled apart and have a class each.
 */
export function isNetworkError(error: unknown): error is NetworkError {
  return error instanceof Error && error.name === 'NetworkError' && 'reason' in error;
}
