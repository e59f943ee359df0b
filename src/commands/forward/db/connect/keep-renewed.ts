import type { Clock, Timer } from '../../../../lib/clock.ts';
import { errorText } from '../../../../lib/errors/error-text.ts';
import type { Logger } from '../../../../logging/logger.ts';

/** Databases take an IAM token for 15 minutes. */
const RENEW_TOKEN_MS = 10 * 60 * 1000;

/**
 * Renews the IAM token in the file of a client, for its next connections, until the timer is cancelled. A failure is
 * logged: the client goes on with the connections that it has.
 *
 * @param renew - makes a token, and writes the file
 */
export function keepRenewed(
  clock: Pick<Clock, 'every'>,
  logger: Pick<Logger, 'warn'>,
  renew: () => Promise<unknown>,
): Timer {
  return clock.every(RENEW_TOKEN_MS, () => {
    renew().catch((error: unknown) =>
      logger.warn(`the IAM token was not renewed: ${errorText(error)}`),
    );
  });
}
