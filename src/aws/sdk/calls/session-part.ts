import type { Aws } from '../../aws.ts';
import type { AwsOptions } from '../../aws-options.ts';
import { noWaits } from '../../report-wait.ts';
import type { SdkCredentials } from '../../credentials/sdk-credential-chain.ts';
import { createSdkCredentials } from '../sdk-credentials.ts';
import { createSdkCalls } from '../sdk-calls.ts';
import { generateDataKey } from './data-key.ts';
import { resumeSession, terminateSession } from './session-calls.ts';

/** The calls of a session. */
export interface SessionPart extends Pick<
  Aws,
  'resumeSession' | 'terminateSession' | 'generateDataKey'
> {
  readonly sdkCredentials: SdkCredentials;
}

/** Makes the calls of a session by the AWS SDK. Importing this module loads it; `lazyAws` does not. */
export function createSessionPart(options: AwsOptions): SessionPart {
  const calls = createSdkCalls(options);
  // A running session shows its waits itself.
  const callsWithoutWaits = createSdkCalls({ ...options, reportWait: noWaits });
  return {
    sdkCredentials: createSdkCredentials(options),
    resumeSession: (sessionId) => resumeSession(callsWithoutWaits, sessionId),
    terminateSession: (sessionId) => terminateSession(callsWithoutWaits, sessionId),
    generateDataKey: (request) => generateDataKey(calls, request),
  };
}
