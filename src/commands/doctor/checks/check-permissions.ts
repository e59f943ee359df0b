import { isAwsError } from '../../../aws/sdk/aws-error.ts';
import type { StartedSession } from '../../../aws/aws.ts';
import type { RunAws } from '../../../aws/session-aws.ts';
import { findAccessWay, requestText, type AccessWay } from '../../../cli/access/access-way.ts';
import { isContainer } from '../../../cli/remote/remote-shell.ts';
import { printable } from '../../../lib/printable.ts';
import type { FoundTarget } from './check-target.ts';
import { explain } from './explain.ts';
import { failure, ok, PERMISSIONS, warning, type Finding } from './finding.ts';

/** An id of the right form that EC2 gives to no instance. */
const NO_INSTANCE = 'i-00000000000000000';
const WITH_TARGET = 'Check with a target: `session-manager-plugin doctor TARGET`';
const REASON = 'session-manager-plugin doctor';

/** @returns the command line that opens a shell on the target, with these options */
type ShellCommand = (...options: readonly string[]) => string;

/**
 * Whether sessions may be started: StartSession is called, for the target or, without one, for an
 * instance that does not exist: AWS checks permissions first. A session that was started nevertheless
 * is ended at once, before anything has connected to it.
 */
export async function checkPermissions(
  { aws: calls, options }: RunAws,
  named: FoundTarget,
  command: ShellCommand,
): Promise<Finding> {
  const check = PERMISSIONS;
  const target = named.kind === 'found' ? named.id : NO_INSTANCE;
  let session: StartedSession;
  try {
    session = await calls.startSession({ target, reason: REASON });
  } catch (error) {
    if (isAwsError(error) && error.reason === 'target-not-connected') {
      return ok(check, 'ssm:StartSession is allowed');
    }
    const isDenied = isAwsError(error) && error.reason === 'access-denied';
    const canHaveAccess = isDenied && !isContainer(target);
    const way = canHaveAccess && (await findAccessWay(calls, options.clock, target));
    if (way !== false && way.kind !== 'none') return explainAccess(named, way, command);
    const { text, next } = explain(error);
    if (named.kind !== 'found' && isDenied) {
      return warning(
        check,
        `${text} (checked with an instance that does not exist, which a policy for certain instances does not allow either)`,
        WITH_TARGET,
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

/** Sessions are refused, because the account gives access to those who request it. */
function explainAccess(
  named: FoundTarget,
  way: Exclude<AccessWay, { readonly kind: 'none' }>,
  command: ShellCommand,
): Finding {
  const check = PERMISSIONS;
  const text = 'sessions need an approved access request (just-in-time access)';
  if (named.kind !== 'found') return warning(check, text, WITH_TARGET);
  if (way.kind === 'requestable') {
    const words = ['--request-access', '--reason', '…'];
    return failure(check, text, `To request access, run \`${command(...words)}\``);
  }
  const { request } = way;
  const use = `\`${command('--access', printable(request.id))}\``;
  const both = `${text}: your ${requestText(request)}`;
  return request.state === 'Approved'
    ? warning(check, both, `To use it, run ${use}`)
    : failure(check, both, `To wait for it, run ${use}`);
}
