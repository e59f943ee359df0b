import { isAwsError } from '../../aws/sdk/aws-error.ts';
import type { SessionCalls, StartedSession } from '../../aws/aws.ts';
import { errorText } from '../../lib/errors/error-text.ts';
import { failure, ok, warning, type Finding } from './finding.ts';
import { nextStep } from './next-step.ts';

/** An id of the right form that EC2 gives to no instance. */
const NO_INSTANCE = 'i-00000000000000000';
const REASON = 'session-manager-plugin doctor';

/**
 * Whether sessions may be started: StartSession is called, for the target or, without one, for an
 * instance that there is not: permissions are looked at first. A session that was started nevertheless
 * is ended at once, before anything has connected to it.
 */
export async function checkPermissions(
  calls: SessionCalls,
  target: string | undefined,
): Promise<Finding> {
  const check = 'permissions';
  let session: StartedSession;
  try {
    session = await calls.startSession({ target: target ?? NO_INSTANCE, reason: REASON });
  } catch (error) {
    if (isAwsError(error) && error.reason === 'target-not-connected') {
      return ok(check, 'ssm:StartSession is allowed');
    }
    if (target === undefined && isAwsError(error) && error.reason === 'access-denied') {
      return warning(
        check,
        `${errorText(error)} (checked with an instance that does not exist; a policy for certain instances refuses that, too)`,
        'check with a target: session-manager-plugin doctor TARGET',
      );
    }
    return failure(check, errorText(error), nextStep(error));
  }
  try {
    await calls.terminateSession(session.sessionId);
    return ok(check, 'ssm:StartSession and ssm:TerminateSession are allowed');
  } catch (error) {
    return warning(
      check,
      `ssm:StartSession is allowed, but the session ${session.sessionId} of this check stays open until it times out: ${errorText(error)}`,
      'ask the administrator of the account for ssm:TerminateSession on your own sessions',
    );
  }
}
