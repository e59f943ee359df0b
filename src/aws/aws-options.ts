import type { Clock } from '../lib/clock.ts';
import type { Logger } from '../logging/logger.ts';
import type { Network } from '../network/network.ts';
import type { CredentialsSource } from './credentials/credentials.ts';
import type { ReportWait } from './report-wait.ts';

/** Environment variables, as `process.env` holds them. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** What the calls to AWS depend on. */
export interface AwsOptions {
  /** Region of the session, e.g. `us-east-1`. */
  readonly region: string;
  /** Name of the profile that the caller passed; empty when it passed none. */
  readonly profile: string;
  /**
   * The endpoint that the caller passed; empty when it passed none. One that does not serve the SSM API
   * is ignored (docs/design/protocol.md#arguments).
   */
  readonly endpoint: string;
  /** The process's own environment: the AWS SDK reads `process.env` itself where it looks for more. */
  readonly env: Environment;
  readonly network: Network;
  readonly logger: Logger;
  readonly clock: Clock;
  /** Shared by all calls of the run. */
  readonly credentials: CredentialsSource;
  /** Every call reports here what it waits for. */
  readonly reportWait: ReportWait;
}
