import type { AwsErrorReason } from './aws-error.ts';

/** How an error of a service is reported; the service's own message follows. */
export interface ServiceErrorKind {
  readonly reason: AwsErrorReason;
  /** What the call did, without the service's message. */
  readonly text: string;
  /** The service quotes the request in its message, with signature and token: it is left out. */
  readonly isSecret?: true;
  /** What to do, after the message. */
  readonly hint?: string;
}

const DENIED: ServiceErrorKind = { reason: 'access-denied', text: 'is not allowed' };
const EXPIRED: ServiceErrorKind = {
  reason: 'expired-credentials',
  text: 'failed because the AWS credentials have expired',
  isSecret: true,
};
const NOT_ACCEPTED: ServiceErrorKind = {
  reason: 'invalid-credentials',
  text: 'failed because the AWS credentials are not valid',
  isSecret: true,
};
const NOT_SIGNED: ServiceErrorKind = {
  reason: 'invalid-credentials',
  text: "failed because the signature was not accepted: the secret key or this machine's clock may be wrong",
  isSecret: true,
};
const NO_IDENTITY: ServiceErrorKind = {
  reason: 'invalid-credentials',
  text: 'failed because the web identity token was not accepted',
  isSecret: true,
};
const ABSENT: ServiceErrorKind = { reason: 'not-found', text: 'failed because it does not exist' };
const DISABLED: ServiceErrorKind = {
  reason: 'kms-key-disabled',
  text: 'failed because the key is disabled',
};
const UNUSABLE: ServiceErrorKind = {
  reason: 'kms-key-unusable',
  text: 'failed because the key cannot be used',
};
const NOT_CONNECTED: ServiceErrorKind = {
  reason: 'target-not-connected',
  text: 'failed because its agent is not connected to Systems Manager',
  hint: 'to find out why, run session-manager-plugin doctor TARGET',
};
const REFUSED: ServiceErrorKind = { reason: 'invalid', text: 'was refused' };
const BUSY: ServiceErrorKind = { reason: 'throttled', text: 'failed because of too many requests' };

/**
 * Names of errors in the APIs of SSM, KMS, EC2, STS and IAM Identity Center, and the common ones of AWS
 * (API references, "Errors" and "Common Errors"). Others are reported by their own names: a quota
 * (`LimitExceededException`) is no throttling, and a missing subscription (`OptInRequired`) is no fault
 * of the credentials.
 */
export const SERVICE_ERRORS: ReadonlyMap<string, ServiceErrorKind> = new Map(
  Object.entries({
    AccessDenied: DENIED,
    AccessDeniedException: DENIED,
    UnauthorizedOperation: DENIED,
    ForbiddenException: DENIED,
    ExpiredToken: EXPIRED,
    ExpiredTokenException: EXPIRED,
    AuthFailure: NOT_ACCEPTED,
    InvalidClientTokenId: NOT_ACCEPTED,
    UnrecognizedClientException: NOT_ACCEPTED,
    InvalidAccessKeyId: NOT_ACCEPTED,
    MissingAuthenticationToken: NOT_ACCEPTED,
    MissingAuthenticationTokenException: NOT_ACCEPTED,
    IncompleteSignature: NOT_SIGNED,
    IncompleteSignatureException: NOT_SIGNED,
    InvalidSignatureException: NOT_SIGNED,
    SignatureDoesNotMatch: NOT_SIGNED,
    RequestExpired: NOT_SIGNED,
    RequestInTheFuture: NOT_SIGNED,
    RequestTimeTooSkewed: NOT_SIGNED,
    InvalidIdentityToken: NO_IDENTITY,
    InvalidIdentityTokenException: NO_IDENTITY,
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
    ThrottlingException: BUSY,
    ThrottledException: BUSY,
    Throttling: BUSY,
    TooManyRequestsException: BUSY,
    RequestLimitExceeded: BUSY,
  }),
);
