import type { CredentialsSource } from '../../aws/credentials/credentials.ts';
import type { ReportWait } from '../../aws/report-wait.ts';
import { noUserPrompt } from '../../aws/credentials/sign-in/user-prompt.ts';
import type { SessionAws } from '../../aws/session-aws.ts';
import { systemClock } from '../../lib/clock.ts';
import type { Logger } from '../../logging/logger.ts';
import type { StartSession } from '../invocation/caller-contract.ts';

/**
 * Loads the part of AWS that every session needs, for one session.
 *
 * @param credentials - those of the run; undefined when the run is only this session
 */
export async function loadSessionAws(
  { region, profile, endpoint, streamUrl }: StartSession,
  logger: Logger,
  credentials: CredentialsSource | undefined,
  reportWait: ReportWait,
): Promise<SessionAws> {
  const { createSessionAws } = await import('../../aws/session-aws.ts');
  return createSessionAws(
    {
      region,
      profile,
      endpoint,
      streamUrl,
      env: process.env,
      platform: process.platform,
      logger,
      clock: systemClock,
      findUserPrompt: noUserPrompt,
      reportWait,
    },
    credentials,
  );
}
