import type { CredentialsSource } from '../../aws/credentials/credentials.ts';
import { noWaits } from '../../aws/report-wait.ts';
import { systemClock } from '../../lib/clock.ts';
import { silentLogger } from '../../logging/logger.ts';
import { withTimeout } from '../../lib/with-timeout.ts';
import type { StartSession } from '../invocation/caller-contract.ts';
import { loadSessionAws } from './load-session-aws.ts';

/** Enough to load the AWS SDK, find credentials and call the service on a slow machine. */
const TERMINATE_LIMIT_MS = 5_000;

/**
 * Ends a session on the service that cannot begin here, so that it does not stay until its idle
 * timeout. Does nothing for a session that uses no credentials. Never rejects, and takes
 * {@link TERMINATE_LIMIT_MS} at most.
 *
 * @param credentials - those of the run; undefined when the run is only this session
 */
export async function endOrphanSession(
  session: StartSession,
  credentials?: CredentialsSource,
): Promise<void> {
  // If this fails, the session ends by its idle timeout: there is nothing else to try.
  const ended = terminate(session, credentials).catch(() => undefined);
  await withTimeout(systemClock, TERMINATE_LIMIT_MS, ended, () => undefined);
}

async function terminate(
  session: StartSession,
  credentials: CredentialsSource | undefined,
): Promise<void> {
  // Certificates are verified, always.
  Reflect.deleteProperty(process.env, 'NODE_TLS_REJECT_UNAUTHORIZED');
  const { aws, noCredentialsReason } = await loadSessionAws(
    session,
    silentLogger,
    credentials,
    noWaits,
  );
  if (noCredentialsReason === undefined) await aws.terminateSession(session.sessionId);
}
