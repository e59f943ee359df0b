import { NO_PUBLISHER } from '../../../packaging/publisher.ts';
import type { Release } from '../../../packaging/release.ts';

/** Settings of packages for tests, made at any time, of no publisher. */
export function smallRelease(version: string, sourceDateEpoch = 1_700_000_000): Release {
  return { version, sourceDateEpoch, compression: 'fast', publisher: NO_PUBLISHER };
}
