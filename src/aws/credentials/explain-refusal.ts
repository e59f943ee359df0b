import { isAwsError, type AwsErrorReason } from '../sdk/aws-error.ts';
import type { CredentialsSource } from './credentials.ts';

/** How services refuse credentials. */
const REFUSED: readonly AwsErrorReason[] = [
  'access-denied',
  'expired-credentials',
  'invalid-credentials',
];

/** The error of a call; for one that was refused, why the source of its credentials no longer grants them. */
export async function explainRefusal(
  error: unknown,
  credentials: Pick<CredentialsSource, 'refusal'>,
): Promise<unknown> {
  if (!isAwsError(error) || !REFUSED.includes(error.reason)) return error;
  // The refusal is reported all the same.
  const why = await credentials.refusal?.().catch(() => undefined);
  return why ?? error;
}
