import { explainRefusal } from '../../aws/credentials/explain-refusal.ts';
import { isAwsError } from '../../aws/sdk/aws-error.ts';
import type { SessionAws } from '../../aws/session-aws.ts';
import { sessionFailures } from '../../failures/session.ts';
import { failureOf } from '../../lib/errors/program-error.ts';
import type { ResumeAnswer, SessionService } from '../../session/session-service.ts';
import type { StartSession } from '../invocation/caller-contract.ts';

/**
 * Makes the calls to AWS for one session. A session that uses no credentials cannot be resumed, and
 * only the agent can end it.
 */
export function createSessionService(
  { sessionId, target: targetId }: Pick<StartSession, 'sessionId' | 'target'>,
  {
    aws,
    options,
    noCredentialsReason,
  }: Pick<SessionAws, 'aws' | 'options' | 'noCredentialsReason'>,
): SessionService {
  const service: SessionService = {
    async resumeSession() {
      try {
        const { tokenValue, streamUrl } = await aws.resumeSession(sessionId);
        return tokenValue === '' ? { kind: 'ended' } : { kind: 'resumed', tokenValue, streamUrl };
      } catch (error) {
        return explain(await explainRefusal(error, options.credentials));
      }
    },
    terminateSession: () => aws.terminateSession(sessionId),
    generateDataKey: ({ kmsKeyId, challenge }) =>
      aws.generateDataKey({ kmsKeyId, sessionId, targetId, challenge }),
  };
  if (noCredentialsReason === undefined) return service;
  return {
    ...service,
    resumeSession: () =>
      Promise.resolve({
        kind: 'refused',
        failure: sessionFailures['resume-without-credentials'](noCredentialsReason),
      }),
    terminateSession: () => Promise.reject(new Error(noCredentialsReason)),
  };
}

function explain(error: unknown): ResumeAnswer {
  const failure = failureOf(error);
  if (!isAwsError(error) || error.isTransient) return { kind: 'unavailable', failure };
  return error.reason === 'not-found' ? { kind: 'ended' } : { kind: 'refused', failure };
}
