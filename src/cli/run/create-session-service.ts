import { isAwsError } from '../../aws/sdk/aws-error.ts';
import type { AwsServices } from '../../aws/services.ts';
import type { UpgradeSigner } from '../../aws/signing/upgrade-signer.ts';
import { errorText } from '../../lib/error-text.ts';
import type { ResumeAnswer, SessionService } from '../../session/session-service.ts';

/** What a session's service is made of. */
export interface SessionServiceOptions {
  readonly sessionId: string;
  /** Target of the StartSession request, part of the encryption context. */
  readonly targetId: string;
  readonly services: AwsServices;
  readonly signUpgrade: UpgradeSigner;
  /**
   * Why no credentials may be looked up for this session, a sentence; then it cannot be resumed, and
   * only the agent can end it. Undefined when they may.
   */
  readonly withoutCredentials: string | undefined;
}

/** The calls to AWS, as one session needs them. */
export function createSessionService(options: SessionServiceOptions): SessionService {
  const { sessionId, targetId, services, withoutCredentials } = options;
  const service: SessionService = {
    signUpgrade: options.signUpgrade,
    async resumeSession() {
      try {
        const { tokenValue, streamUrl } = await services.resumeSession(sessionId);
        return tokenValue === '' ? { kind: 'over' } : { kind: 'resumed', tokenValue, streamUrl };
      } catch (error) {
        return explain(error);
      }
    },
    terminateSession: () => services.terminateSession(sessionId),
    generateDataKey: ({ kmsKeyId, challenge }) =>
      services.generateDataKey({ kmsKeyId, sessionId, targetId, challenge }),
  };
  if (withoutCredentials !== undefined) {
    return {
      ...service,
      resumeSession: () => Promise.resolve({ kind: 'refused', reason: withoutCredentials }),
      terminateSession: () => Promise.reject(new Error(withoutCredentials)),
    };
  }
  return service;
}

function explain(error: unknown): ResumeAnswer {
  const reason = errorText(error);
  if (!isAwsError(error) || error.isTransient) return { kind: 'unavailable', reason };
  return error.reason === 'not-found' ? { kind: 'over' } : { kind: 'refused', reason };
}
