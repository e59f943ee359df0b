import { isAwsError, type AwsErrorReason } from '../../aws/sdk/aws-error.ts';

/** What to do about a call to AWS that failed; undefined where the error's own text names it. */
const NEXT: Readonly<Record<AwsErrorReason, string | undefined>> = {
  'no-credentials':
    'sign in with aws sso login or aws login, run aws configure, or choose another --profile',
  'expired-credentials': undefined,
  'invalid-credentials': 'look at the access key of the profile, and at the clock of this machine',
  'credentials-timeout': 'see why the source of the credentials does not answer',
  'access-denied': 'ask whoever manages the account for this action',
  'not-found': undefined,
  throttled: 'try again in a minute',
  'target-not-connected': undefined,
  'kms-key-disabled': undefined,
  'kms-key-unusable': undefined,
  network: 'see what is told of the endpoints',
  tls: 'set AWS_CA_BUNDLE to a file with the certificate of the issuer',
  service: 'try again; status.aws.amazon.com tells of disturbances',
  invalid: undefined,
};

/** What to do about a failure of this kind. */
export function nextStep(error: unknown): string | undefined {
  return isAwsError(error) ? NEXT[error.reason] : undefined;
}
