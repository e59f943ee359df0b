import type { NodeCalls, SessionCalls, SessionRequest, StartedSession } from '../../../aws/aws.ts';
import { AwsError, isAwsError } from '../../../aws/sdk/aws-error.ts';
import { callFailures } from '../../../failures/calls.ts';
import type { Clock } from '../../../lib/clock.ts';
import type { Failure } from '../../../lib/errors/failure.ts';
import { withTimeout } from '../../../lib/with-timeout.ts';

/** How long the reason of a refusal is looked for, in milliseconds: without it the refusal is still reported. */
const EXPLAIN_TIMEOUT_MS = 3_000;
const ONLINE = 'Online';

/** What starting a session works with. */
export interface StartOptions {
  readonly calls: Pick<SessionCalls, 'startSession'> & Pick<NodeCalls, 'nodes'>;
  readonly clock: Clock;
  readonly region: string;
}

/**
 * Starts a session. AWS refuses a target in the wrong region, one that is offline and one that does not
 * exist with the same words: the failure distinguishes them, if the list of managed nodes may be read.
 *
 * @throws AwsError
 */
export async function startOnTarget(
  request: SessionRequest,
  options: StartOptions,
): Promise<StartedSession> {
  try {
    return await options.calls.startSession(request);
  } catch (error) {
    if (!isAwsError(error) || error.code !== 'target-not-connected') throw error;
    const { clock } = options;
    const reason = explain(request, options).catch(() => undefined);
    const failure = await withTimeout(clock, EXPLAIN_TIMEOUT_MS, reason, () => undefined);
    throw failure === undefined ? error : new AwsError(failure, error.awsName, error.awsMessage);
  }
}

async function explain(
  { target, targetTitle = target }: SessionRequest,
  { calls, region }: StartOptions,
): Promise<Failure<'target-not-connected'> | undefined> {
  const purpose = `start a session on ${targetTitle}`;
  for await (const { id, pingStatus } of calls.nodes({ ids: [target] })) {
    if (id !== target) continue;
    return pingStatus === ONLINE
      ? undefined
      : callFailures['target-offline'](purpose, target, pingStatus);
  }
  return callFailures['target-not-in-region'](purpose, region);
}
