import { isPromptCancelled } from '../../../aws/credentials/sign-in/user-prompt.ts';
import { describeSource } from '../../../aws/credentials/describe-source.ts';
import type { CredentialCalls } from '../../../aws/aws.ts';
import { howToRenew } from '../../../aws/credentials/renew-credentials.ts';
import type { AwsOptions } from '../../../aws/aws-options.ts';
import { readSharedConfig } from '../../../aws/shared-config.ts';
import { explain } from './explain.ts';
import { failure, ok, warning, type Finding } from './finding.ts';

/** Credentials with less remaining time, in milliseconds, may expire before they are used. */
const SHORT_MS = 5 * 60_000;
const MS_PER_MINUTE = 60_000;

/** Whether there are credentials, which source gave them, and for how long. */
export async function checkCredentials(
  calls: CredentialCalls,
  options: AwsOptions,
): Promise<Finding> {
  const check = 'credentials';
  const { profile, env, logger, clock } = options;
  const config = await readSharedConfig(profile, env, logger);
  const source = describeSource(profile, env, config);
  try {
    const { expiration } = await calls.credentials();
    if (expiration === undefined) return ok(check, `from ${source}`);
    const remainingMs = expiration.getTime() - clock.now();
    const time = expiration.toISOString();
    if (remainingMs > SHORT_MS) return ok(check, `from ${source}, valid until ${time}`);
    const state =
      remainingMs <= 0
        ? `expired at ${time}`
        : `expire in ${Math.ceil(remainingMs / MS_PER_MINUTE)} min`;
    return warning(check, `those from ${source} ${state}`, howToRenew(profile, env, config));
  } catch (error) {
    if (isPromptCancelled(error)) throw error;
    const { text, next } = explain(error);
    return failure(check, text, next);
  }
}

/** Whose credentials they are. Only the list of open sessions needs to know. */
export async function checkIdentity(calls: CredentialCalls): Promise<Finding> {
  const check = 'identity';
  try {
    return ok(check, (await calls.callerIdentity()).arn);
  } catch (error) {
    const { text, next } = explain(error);
    return warning(check, text, next);
  }
}
