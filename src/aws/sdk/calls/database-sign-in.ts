import { callFailures } from '../../../failures/calls.ts';
import type { Clock } from '../../../lib/clock.ts';
import { stringMember } from '../../../lib/json.ts';
import type { DatabaseTokenRequest } from '../../database-sign-in.ts';
import { presign } from '../../signing/presign.ts';
import { AwsError } from '../aws-error.ts';
import type { SdkCalls } from '../sdk-calls.ts';
import { callJson } from './direct/service-request.ts';

/** botocore, `metadata` of service-2.json of secretsmanager. */
const SECRETS_MANAGER = { service: 'secrets_manager', target: 'secretsmanager' } as const;

/**
 * Seconds, the longest that databases take (RDS User Guide, "Connecting to your DB instance using IAM authentication";
 * ElastiCache User Guide, "Authenticating with IAM").
 */
const TOKEN_SECONDS = 900;

/** The text of a secret (Secrets Manager API, GetSecretValue). */
export async function getSecretText(calls: SdkCalls, id: string): Promise<string> {
  const what = {
    action: 'secretsmanager:GetSecretValue',
    object: `secret ${id}`,
    purpose: `read the secret ${id}`,
    subject: { kind: 'secret', id },
  } as const;
  const answer = await callJson(calls, SECRETS_MANAGER, what, {
    operation: 'GetSecretValue',
    input: { SecretId: id },
  });
  const text = stringMember(answer, 'SecretString');
  if (text === '') throw new AwsError(callFailures['answer-incomplete'](what.purpose, 'text'));
  return text;
}

/** A request that is signed in its query: without its scheme it is the token. */
export function databaseToken(
  calls: SdkCalls,
  clock: Clock,
  request: DatabaseTokenRequest,
): Promise<string> {
  const { service, user } = request;
  const what = {
    action: service === 'rds' ? 'rds-db:connect' : 'elasticache:Connect',
    object: `user ${user}`,
    purpose: `sign in to the database as ${user}`,
  };
  return calls.call(service, what, ({ credentials, region }) => {
    const common = { region, credentials, expires: TOKEN_SECONDS, now: clock.now() };
    const Action = 'connect';
    return Promise.resolve(
      request.service === 'rds'
        ? presign({
            ...common,
            host: `${request.host}:${request.port}`,
            service: 'rds-db',
            query: { Action, DBUser: user },
          })
        : presign({
            ...common,
            host: request.name.toLowerCase(),
            service,
            query: {
              Action,
              User: user,
              ...(request.isServerless ? { ResourceType: 'ServerlessCache' } : {}),
            },
          }),
    );
  });
}
