import { isNetworkError } from '../network/network-error.ts';
import { errorCode, failureText } from '../network/failure-text.ts';
import { AwsError, type AwsErrorReason } from './aws-error.ts';

/** A call to AWS, as it is named to the user. */
export interface Call {
  /** As IAM writes it: `kms:GenerateDataKey`. */
  readonly action: string;
  /** What it is for: `key alias/sessions`, `session user-0123`. */
  readonly object: string;
}

/** How a failure is told, by the name of the service's error. */
interface Known {
  readonly reason: AwsErrorReason;
  readonly text: string;
  /** Whether the service's own text says more, and holds nothing secret. */
  readonly quoted?: true;
}

const DENIED: Known = { reason: 'access-denied', text: 'is not allowed', quoted: true };
const EXPIRED: Known = {
  reason: 'expired-credentials',
  text: 'failed because the AWS credentials have expired',
};
const NOT_ACCEPTED: Known = {
  reason: 'invalid-credentials',
  text: 'failed because the AWS credentials are not valid',
};
// The service quotes the request it would have signed, with its token.
const NOT_SIGNED: Known = {
  reason: 'invalid-credentials',
  text: "failed because the signature was not accepted: the secret key or this machine's clock may be wrong",
};
const ABSENT: Known = {
  reason: 'not-found',
  text: 'failed because it does not exist',
  quoted: true,
};
const DISABLED: Known = { reason: 'kms-key-disabled', text: 'failed because the key is disabled' };
const UNUSABLE: Known = {
  reason: 'kms-key-unusable',
  text: 'failed because the key cannot be used',
  quoted: true,
};
const NOT_CONNECTED: Known = {
  reason: 'target-not-connected',
  text: "failed because its agent is not connected to Systems Manager: session-manager-plugin doctor with the target's id says more",
};
const REFUSED: Known = { reason: 'invalid', text: 'was refused', quoted: true };
const BUSY: Known = { reason: 'throttled', text: 'failed because of too many requests' };

/** Names of errors in the APIs of SSM, KMS, STS and IAM Identity Center, and the common ones of AWS. */
const KNOWN: Readonly<Record<string, Known>> = {
  AccessDenied: DENIED,
  AccessDeniedException: DENIED,
  UnauthorizedOperation: DENIED,
  ForbiddenException: DENIED,
  ExpiredToken: EXPIRED,
  ExpiredTokenException: EXPIRED,
  UnauthorizedException: EXPIRED,
  InvalidClientTokenId: NOT_ACCEPTED,
  UnrecognizedClientException: NOT_ACCEPTED,
  InvalidAccessKeyId: NOT_ACCEPTED,
  MissingAuthenticationToken: NOT_ACCEPTED,
  MissingAuthenticationTokenException: NOT_ACCEPTED,
  OptInRequired: NOT_ACCEPTED,
  IncompleteSignature: NOT_SIGNED,
  IncompleteSignatureException: NOT_SIGNED,
  InvalidSignatureException: NOT_SIGNED,
  SignatureDoesNotMatch: NOT_SIGNED,
  RequestExpired: NOT_SIGNED,
  RequestInTheFuture: NOT_SIGNED,
  RequestTimeTooSkewed: NOT_SIGNED,
  DoesNotExistException: ABSENT,
  NotFoundException: ABSENT,
  ResourceNotFoundException: ABSENT,
  DisabledException: DISABLED,
  KMSInvalidStateException: UNUSABLE,
  InvalidKeyUsageException: UNUSABLE,
  KeyUnavailableException: UNUSABLE,
  InvalidGrantTokenException: UNUSABLE,
  TargetNotConnected: NOT_CONNECTED,
  InvalidDocument: REFUSED,
  InvalidInstanceId: REFUSED,
  InvalidParameters: REFUSED,
  LimitExceededException: BUSY,
  ThrottlingException: BUSY,
  Throttling: BUSY,
  TooManyRequestsException: BUSY,
  RequestLimitExceeded: BUSY,
};

const SYSTEM_ERROR = /^E[A-Z0-9_]+$/;
const MAX_QUOTE_CHARACTERS = 400;

/** Turns whatever the AWS SDK threw into an error that may be shown to the user. */
export function describeFailure(error: unknown, call: Call): AwsError {
  const name = `${call.action} for ${call.object}`;
  for (const cause of causesOf(error)) {
    if (isNetworkError(cause)) {
      const isTrust = cause.reason === 'certificate' || cause.reason === 'tls';
      return new AwsError(isTrust ? 'tls' : 'network', `${name} failed: ${cause.message}`);
    }
    const known = KNOWN[cause.name];
    if (known !== undefined) {
      const quote = known.quoted === true ? `: ${oneLine(cause.message)}` : '';
      return new AwsError(known.reason, `${name} ${known.text}${quote}`);
    }
    if (cause.name === 'TimeoutError') {
      return new AwsError('network', `${name} failed: the service did not answer in time`);
    }
    if (SYSTEM_ERROR.test(errorCode(cause) ?? '')) {
      return new AwsError('network', `${name} failed: ${failureText(cause)}`);
    }
  }
  const status = statusOf(error);
  const kind = error instanceof Error ? error.name : 'unknown error';
  return status === undefined || status >= 500
    ? new AwsError('service', `${name} failed at the service (${kind}${statusText(status)})`)
    : new AwsError('invalid', `${name} was refused (${kind}${statusText(status)})`);
}

/** An error text as one line of bounded length and without a final full stop. */
export function oneLine(text: string): string {
  const line = text
    .replace(/[\p{C}\s]+/gu, ' ')
    .trim()
    .replace(/\.$/, '');
  return line.length > MAX_QUOTE_CHARACTERS ? `${line.slice(0, MAX_QUOTE_CHARACTERS)}…` : line;
}

/** An error and the errors that caused it, outermost first. */
export function causesOf(error: unknown): readonly Error[] {
  const causes: Error[] = [];
  for (let next = error; next instanceof Error && !causes.includes(next); next = next.cause) {
    causes.push(next);
  }
  return causes;
}

function statusText(status: number | undefined): string {
  return status === undefined ? '' : `, HTTP status ${status}`;
}

function statusOf(error: unknown): number | undefined {
  if (!(error instanceof Error) || !('$metadata' in error)) return undefined;
  const metadata = error.$metadata;
  if (typeof metadata !== 'object' || metadata === null) return undefined;
  const status: unknown = Reflect.get(metadata, 'httpStatusCode');
  return typeof status === 'number' ? status : undefined;
}
