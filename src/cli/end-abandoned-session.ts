import { findNobody } from '../aws/credentials/person.ts';
import { systemClock } from '../clock.ts';
import { errorText } from '../error-text.ts';
import { silentLogger, type Logger } from '../logging/logger.ts';
import { within } from '../within.ts';
import type { StartSession } from './caller-contract.ts';

/** Enough to load the AWS SDK, find credentials and call the service on a slow machine. */
const TERMINATE_LIMIT_MS = 5_000;

/**
 * Ends a session on the service that cannot begin here, so that it does not stay until its idle
 * timeout. Does nothing for a session whose credentials are not for us (`whyWithoutCredentials`). Never
 * rejects, and takes {@link TERMINATE_LIMIT_MS} at most.
 */
export async function endAbandonedSession(
  session: StartSession,
  logger: Logger = silentLogger,
): Promise<void> {
  try {
    await within(systemClock, TERMINATE_LIMIT_MS, terminate(session, logger), () => undefined);
  } catch (error) {
    logger.error(`TerminateSession failed: ${errorText(error)}`);
  }
}

async function terminate(session: StartSession, logger: Logger): Promise<void> {
  const { region, profile, endpoint, sessionId, streamUrl } = session;
  // Certificates are verified, always.
  Reflect.deleteProperty(process.env, 'NODE_TLS_REJECT_UNAUTHORIZED');
  const { createSessionAws } = await import('../aws/session-aws.ts');
  const { services, whyWithoutCredentials } = createSessionAws({
    region,
    profile,
    endpoint,
    env: process.env,
    platform: process.platform,
    findPerson: findNobody,
    logger,
    clock: systemClock,
  });
  if (whyWithoutCredentials(streamUrl) === undefined) await services.terminateSession(sessionId);
}
