import { GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts';
import type { CallerIdentity } from '../../aws.ts';
import { AwsError } from '../aws-error.ts';
import type { SdkCalls } from '../sdk-calls.ts';

/** The account and the user or role of the credentials. This call needs no permission. */
export function callerIdentity(calls: SdkCalls): Promise<CallerIdentity> {
  const what = { action: 'sts:GetCallerIdentity', object: 'the AWS credentials' };
  return calls.call('sts', what, async (config) => {
    const answer = await new STSClient(config).send(new GetCallerIdentityCommand({}));
    if (answer.Arn === undefined) throw new AwsError('invalid', 'the answer contains no identity');
    return { account: answer.Account ?? '', arn: answer.Arn };
  });
}
