import type { CredentialsSource } from '../../aws/credentials/credentials.ts';
import { noPerson } from '../../aws/credentials/sign-in/person.ts';
import { systemClock } from '../../lib/clock.ts';
import { silentLogger } from '../../logging/logger.ts';
import { withTimeout } from '../../lib/with-timeout.ts';
import type { StartSession } from '../invocation/caller-contract.ts';

/** Enough to load the AWS SDK, find credentials and call the service on a slow machine. */
const TERMINATE_LIMIT_MS = 5_000;

/**
 * Ends a session on the service that cannot begin here, so that it does not stay until its idle
 * timeout. Does nothing for a session whose credentials are not for us (`whyWithoutCredentials`). Never
 * rejects, and takes {@link TERMINATE_LIMIT_MS} at most.
 *
 * @param credentials - those of the run; undefined when the session is all of it
 */
export async function endOrphanSession(
  session: StartSession,
  credentials?: CredentialsSource,
): Promise<void> {
  // What cannot be ended ends by its idle timeout: there is nothing else to try.
  const ended = terminate(session, credentials).catch(() => undefined);
  await withTimeout(systemClock, TERMINATE_LIMIT_MS, ended, () => undefined);
}

async function terminate(
  session: StartSession,
  credentials: CredentialsSource | undefined,
): Promise<void> {
  const { region, profile, endpoint, sessionId, streamUrl } = session;
  // Certificates are verified, always.
  Reflect.deleteProperty(process.env, 'NODE_TLS_REJECT_UNAUTHORIZED');
  const { createSessionAws } = await import('../../aws/session-aws.ts');
  const { services, whyWithoutCredentials } = createSessionAws(
    {
      region,
      profile,
      endpoint,
      env: process.env,
      platform: process.platform,
      logger: silentLogger,
      clock: systemClock,
      findPerson: noPerson,
    },
    credentials,
  );
  if (whyWithoutCredentials(streamUrl) === undefined) await services.terminateSession(sessionId);
}
