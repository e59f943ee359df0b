import { isAwsError, type AwsErrorReason } from '../../../aws/sdk/aws-error.ts';
import { errorText } from '../../../lib/errors/error-text.ts';
import type { Finding } from './finding.ts';

/** What to do about a call to AWS that failed; undefined where the error's own text names it. */
const NEXT: Readonly<Record<AwsErrorReason, string | undefined>> = {
  'no-credentials': undefined,
  'expired-credentials': undefined,
  'invalid-credentials': 'Check the access key of the profile and the clock of this machine',
  'credentials-timeout': 'Check why the source of the credentials does not answer',
  'access-denied': 'Ask the administrator of the AWS account to allow this action',
  'not-found': undefined,
  throttled: 'Try again in a minute',
  'target-not-connected': undefined,
  'kms-key-disabled': undefined,
  'kms-key-unusable': undefined,
  network: 'Check the network connection, and try again',
  tls: 'Set AWS_CA_BUNDLE to a file that contains the certificate of the issuer',
  service: 'Try again later. https://health.aws.amazon.com/health/status reports outages',
  invalid: undefined,
};

/** What an error reports, and what to do about it. */
export function explain(error: unknown): Pick<Finding, 'text' | 'next'> {
  return { text: errorText(error), next: isAwsError(error) ? NEXT[error.reason] : undefined };
}
