import { callFailures } from '../../../failures/calls.ts';
import { deniedText, namesCaller } from '../denied-text.ts';
import { AwsError, isAwsError } from '../aws-error.ts';
import type { SdkCalls } from '../sdk-calls.ts';

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
          isAwsError(error) && error.reason === 'access-denied' && !namesCaller(error.awsMessage);
        if (!isAnonymous) throw error;
        const { awsName, awsMessage } = error;
        const denied = deniedText(awsMessage, what.action, await orUnknown(callerArn));
        throw new AwsError(
          callFailures['access-denied'](what.purpose, denied),
          awsName,
          awsMessage,
        );
      }
    },
  };
}

async function orUnknown(callerArn: () => Promise<string>): Promise<string | undefined> {
  try {
    return await callerArn();
  } catch {
    return undefined;
  }
}
