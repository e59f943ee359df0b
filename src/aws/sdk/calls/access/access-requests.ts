import { GetAccessTokenCommand, SSMClient, StartAccessRequestCommand } from '@aws-sdk/client-ssm';
import { callFailures } from '../../../../failures/calls.ts';
import type { AccessToken } from '../../../access-calls.ts';
import { AwsError } from '../../aws-error.ts';
import type { SdkCalls } from '../../sdk-calls.ts';

/** @returns the id of the request */
export async function requestAccess(
  calls: SdkCalls,
  target: string,
  reason: string,
): Promise<string> {
  const what = {
    action: 'ssm:StartAccessRequest',
    object: `target ${target}`,
    purpose: `request access to ${target}`,
  };
  const { AccessRequestId: id } = await calls.call('ssm', what, (config) =>
    new SSMClient(config).send(
      new StartAccessRequestCommand({
        Reason: reason,
        Targets: [{ Key: 'InstanceIds', Values: [target] }],
      }),
    ),
  );
  if (id === undefined) throw new AwsError(callFailures['answer-incomplete'](what.purpose, 'id'));
  return id;
}

/** The state of a request; its credentials when it is approved. */
export async function getAccessToken(calls: SdkCalls, requestId: string): Promise<AccessToken> {
  const what = {
    action: 'ssm:GetAccessToken',
    object: `access request ${requestId}`,
    purpose: `use the access request ${requestId}`,
    subject: { kind: 'access-request', id: requestId },
  } as const;
  const answer = await calls.call('ssm', what, (config) =>
    new SSMClient(config).send(new GetAccessTokenCommand({ AccessRequestId: requestId })),
  );
  const { AccessRequestStatus: state = 'Pending', Credentials: granted } = answer;
  if (state !== 'Approved') return { state };
  const { AccessKeyId: accessKeyId, SecretAccessKey: secretAccessKey } = granted ?? {};
  const { SessionToken: sessionToken, ExpirationTime: expiration } = granted ?? {};
  if (accessKeyId === undefined || secretAccessKey === undefined || sessionToken === undefined) {
    throw new AwsError(callFailures['answer-incomplete'](what.purpose, 'credentials'));
  }
  return {
    state,
    credentials: {
      ...{ accessKeyId, secretAccessKey, sessionToken },
      ...(expiration === undefined ? {} : { expiration }),
    },
  };
}
