import type { Failure } from '../../lib/errors/failure.ts';
import { familyOf, ProgramError } from '../../lib/errors/program-error.ts';

/** What went wrong with a call to AWS, or on the way to it. */
export type AwsErrorReason =
  /** No source has credentials: nothing is configured, or the configured source cannot be used. */
  | 'no-credentials'
  /** The credentials, or the sign-in they come from, have expired. */
  | 'expired-credentials'
  /** The credentials are not valid, or the signature was refused (a wrong clock does that, too). */
  | 'invalid-credentials'
  /** Resolving the credentials timed out. */
  | 'credentials-timeout'
  | 'access-denied'
  /** The session or the key does not exist. */
  | 'not-found'
  | 'throttled'
  /** The agent of the target is not connected to Systems Manager. */
  | 'target-not-connected'
  /** The key is disabled. */
  | 'kms-key-disabled'
  /** The key cannot be used in its state, or for this purpose. */
  | 'kms-key-unusable'
  /** The service could not be reached: name, route, proxy, time-out. */
  | 'network'
  /** The service's certificate is not trusted. */
  | 'tls'
  /** The service failed on its side. */
  | 'service'
  /** An answer of the service, or a setting, is invalid. */
  | 'invalid';

/** Whether a retry may succeed soon, without a change by the user. */
const TRANSIENT: Readonly<Record<AwsErrorReason, boolean>> = {
  'no-credentials': false,
  'expired-credentials': false,
  'invalid-credentials': false,
  'credentials-timeout': true,
  'access-denied': false,
  'not-found': false,
  throttled: true,
  'target-not-connected': false,
  'kms-key-disabled': false,
  'kms-key-unusable': false,
  network: true,
  // A captive portal shows its own certificate until the user has signed in.
  tls: true,
  service: true,
  invalid: false,
};

/**
 * A call to AWS that failed. Its message names what it was for, without the names of the API, and never
 * contains a token, a key or a signature.
 */
export class AwsError extends ProgramError<AwsErrorReason> {
  override readonly name = 'AwsError';
  /** The service's own name of the error, such as `InvalidDocument`; empty when it is not the service's. */
  readonly awsName: string;
  /** The service's own message, safe to show; empty without one. */
  readonly awsMessage: string;

  constructor(failure: Failure<AwsErrorReason>, awsName = '', awsMessage = '') {
    super('aws', failure);
    this.awsName = awsName;
    this.awsMessage = awsMessage;
  }

  /** Whether the same call may succeed a little later without a change by the user. */
  get isTransient(): boolean {
    return TRANSIENT[this.reason];
  }
}

/** Whether an error is an {@link AwsError}, of whichever file of the bundle. */
export function isAwsError(thrown: unknown): thrown is AwsError {
  return familyOf(thrown) === 'aws';
}
