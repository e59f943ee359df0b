import type { Failure } from '../lib/errors/failure.ts';
import { familyOf, ProgramError } from '../lib/errors/program-error.ts';

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
export class NetworkError extends ProgramError<NetworkErrorReason> {
  override readonly name = 'NetworkError';

  constructor(failure: Failure<NetworkErrorReason>, cause?: unknown) {
    super('network', failure, { cause });
  }
}

/** Whether an error is a {@link NetworkError}, of whichever file of the bundle. */
export function isNetworkError(thrown: unknown): thrown is NetworkError {
  return familyOf(thrown) === 'network';
}
