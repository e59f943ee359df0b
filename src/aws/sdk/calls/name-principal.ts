import { AwsError, isAwsError } from '../aws-error.ts';
import type { SdkCalls } from '../sdk-calls.ts';

/** ARN of a user, of a role or of a session with a role. */
const PRINCIPAL = /\barn:aws[\w-]*:(?:iam|sts):/;

/**
 * Makes each refusal name the user or role that is refused. Most services name it; otherwise the name
 * comes from the Security Token Service, whose answer needs no permission.
 *
 * @param callerArn - resolves the ARN of the caller
 */
export function namePrincipal(calls: SdkCalls, callerArn: () => Promise<string>): SdkCalls {
  return {
    prepareCredentials: () => calls.prepareCredentials(),
    call: async (service, what, run) => {
      try {
        return await calls.call(service, what, run);
      } catch (error) {
        const isAnonymous =
          isAwsError(error) && error.reason === 'access-denied' && !PRINCIPAL.test(error.message);
        if (!isAnonymous) throw error;
        throw new AwsError(
          error.reason,
          `${error.message} (called as ${await orUnknown(callerArn)})`,
        );
      }
    },
  };
}

async function orUnknown(callerArn: () => Promise<string>): Promise<string> {
  try {
    return await callerArn();
  } catch {
    return 'an unknown identity';
  }
}
