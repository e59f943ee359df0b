import { AwsError, isAwsError } from '../aws-error.ts';
import type { SdkCalls } from '../sdk-calls.ts';

/** How IAM names somebody (ARN of a user or role, or of a session with one). */
const PRINCIPAL = /\barn:aws[\w-]*:(?:iam|sts):/;

/**
 * Calls whose refusals say who it is that is refused: mostly the service does, and where it does not,
 * the Security Token Service knows, which nobody needs a permission to ask.
 *
 * @param whoIsCalling - gives the ARN of the caller
 */
export function namePrincipal(calls: SdkCalls, whoIsCalling: () => Promise<string>): SdkCalls {
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
          `${error.message} (called as ${await orUnknown(whoIsCalling)})`,
        );
      }
    },
  };
}

async function orUnknown(whoIsCalling: () => Promise<string>): Promise<string> {
  try {
    return await whoIsCalling();
  } catch {
    return 'an unknown identity';
  }
}
