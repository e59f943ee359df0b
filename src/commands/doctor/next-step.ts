import { isAwsError, type AwsErrorReason } from '../../aws/sdk/aws-error.ts';

/** What to do about a call to AWS that failed; undefined where the error's own text names it. */
const NEXT: Readonly<Record<AwsErrorReason, string | undefined>> = {
  'no-credentials': undefined,
  'expired-credentials': undefined,
  'invalid-credentials': 'check the access key of the profile and the clock of this machine',
  'credentials-timeout': 'check why the source of the credentials does not answer',
  'access-denied': 'ask the administrator of the account to allow this action',
  'not-found': undefined,
  throttled: 'try again in a minute',
  'target-not-connected': undefined,
  'kms-key-disabled': undefined,
  'kms-key-unusable': undefined,
  network: 'see the endpoint lines of this report',
  tls: "set AWS_CA_BUNDLE to a file that contains the issuer's certificate",
  service: 'try again later; https://health.aws.amazon.com/health/status reports outages',
  invalid: undefined,
};

/** What to do about a failure of this kind. */
export function nextStep(error: unknown): string | undefined {
  return isAwsError(error) ? NEXT[error.reason] : undefined;
}
