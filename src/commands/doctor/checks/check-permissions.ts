import { isAwsError } from '../../../aws/sdk/aws-error.ts';
import type { SessionCalls, StartedSession } from '../../../aws/aws.ts';
import type { FoundTarget } from './check-target.ts';
import { explain } from './explain.ts';
import { failure, ok, warning, type Finding } from './finding.ts';

/** An id of the right form that EC2 gives to no instance. */
const NO_INSTANCE = 'i-00000000000000000';
const REASON = 'session-manager-plugin doctor';

/**
 * Whether sessions may be started: StartSession is called, for the target or, without one, for an
 * instance that does not exist: AWS checks permissions first. A session that was started nevertheless
 * is ended at once, before anything has connected to it.
 */
export async function checkPermissions(calls: SessionCalls, named: FoundTarget): Promise<Finding> {
  const check = 'permissions';
  const target = named.kind === 'found' ? named.id : NO_INSTANCE;
  let session: StartedSession;
  try {
    session = await calls.startSession({ target, reason: REASON });
  } catch (error) {
    if (isAwsError(error) && error.reason === 'target-not-connected') {
      return ok(check, 'ssm:StartSession is allowed');
    }
    const { text, next } = explain(error);
    if (named.kind !== 'found' && isAwsError(error) && error.reason === 'access-denied') {
      return warning(
        check,
        `${text} (checked with an instance that does not exist, which a policy for certain instances does not allow either)`,
        'Check with a target: `session-manager-plugin doctor TARGET`',
      );
    }
    return failure(check, text, next);
  }
  try {
    await calls.terminateSession(session.sessionId);
    return ok(check, 'ssm:StartSession and ssm:TerminateSession are allowed');
  } catch (error) {
    return warning(
      check,
      `ssm:StartSession is allowed, but session ${session.sessionId} of this check stays open until it times out: ${explain(error).text}`,
      'Ask the administrator of the AWS account for ssm:TerminateSession on your own sessions',
    );
  }
}
