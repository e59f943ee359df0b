/** Why a connection could not be made. */
export type NetworkErrorReason =
  /** The host could not be reached: name, route, refused. */
  | 'unreachable'
  /** It timed out. */
  | 'timeout'
  /** The proxy could not be reached, or refused the connection. */
  | 'proxy'
  /** A proxy or trust setting cannot be used. */
  | 'setting'
  /** The certificate is not trusted, has expired, or is for another host. */
  | 'certificate'
  /** TLS failed in another way. */
  | 'tls';

/**
 * A connection that could not be made. The message is one sentence for the user; `cause` is the error
 * of the system, if there is one.
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
