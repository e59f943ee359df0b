/** What an error of a service means; `describe-failure.ts` has a text for each. */
export type ServiceErrorKind =
  | 'denied'
  | 'expired'
  | 'unknown-credentials'
  | 'signature'
  | 'clock'
  | 'web-identity'
  | 'absent'
  | 'disabled'
  | 'unusable'
  | 'not-connected'
  | 'document'
  | 'parameters'
  | 'throttled'
  | 'quota';

/**
 * Names of errors in the APIs of SSM, KMS, EC2, ECS, S3, STS and IAM Identity Center, and the common ones of AWS
 * (API references, "Errors" and "Common Errors"). Others are reported with the service's own message: a
 * missing subscription (`OptInRequired`) is no fault of the credentials.
 */
export const SERVICE_ERRORS: ReadonlyMap<string, ServiceErrorKind> = new Map(
  Object.entries({
    AccessDenied: 'denied',
    AccessDeniedException: 'denied',
    UnauthorizedOperation: 'denied',
    ForbiddenException: 'denied',
    ExpiredToken: 'expired',
    ExpiredTokenException: 'expired',
    AuthFailure: 'unknown-credentials',
    InvalidToken: 'unknown-credentials',
    InvalidClientTokenId: 'unknown-credentials',
    UnrecognizedClientException: 'unknown-credentials',
    InvalidAccessKeyId: 'unknown-credentials',
    MissingAuthenticationToken: 'unknown-credentials',
    MissingAuthenticationTokenException: 'unknown-credentials',
    IncompleteSignature: 'signature',
    IncompleteSignatureException: 'signature',
    InvalidSignatureException: 'signature',
    SignatureDoesNotMatch: 'signature',
    RequestExpired: 'clock',
    RequestInTheFuture: 'clock',
    RequestTimeTooSkewed: 'clock',
    InvalidIdentityToken: 'web-identity',
    InvalidIdentityTokenException: 'web-identity',
    DoesNotExistException: 'absent',
    NotFoundException: 'absent',
    ResourceNotFoundException: 'absent',
    DisabledException: 'disabled',
    KMSInvalidStateException: 'unusable',
    InvalidKeyUsageException: 'unusable',
    KeyUnavailableException: 'unusable',
    InvalidGrantTokenException: 'unusable',
    TargetNotConnected: 'not-connected',
    TargetNotConnectedException: 'not-connected',
    InvalidDocument: 'document',
    InvalidParameters: 'parameters',
    ThrottlingException: 'throttled',
    ThrottledException: 'throttled',
    Throttling: 'throttled',
    TooManyRequestsException: 'throttled',
    SlowDown: 'throttled',
    RequestLimitExceeded: 'throttled',
    LimitExceededException: 'quota',
    ServiceQuotaExceededException: 'quota',
  } as const),
);
