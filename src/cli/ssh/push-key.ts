import { isAwsError } from '../../aws/sdk/aws-error.ts';
import { sshFailures } from '../../failures/ssh.ts';
import { SessionError } from '../../lib/errors/session-error.ts';
import { withTimeout } from '../../lib/with-timeout.ts';
import type { Remote } from '../remote/remote.ts';
import { readSshTarget, type SshTarget } from './read-ssh-target.ts';
import { ADDED_KEY_SECONDS } from './target-script.ts';

/** How sshd learns a key: from EC2 Instance Connect, or from a line that a command adds for the user. */
export const PUSH_WAYS = ['instance-connect', 'command'] as const;
export type PushWay = (typeof PUSH_WAYS)[number];

/** How long EC2 Instance Connect may take, in milliseconds. Some networks reach only Systems Manager, and drop everything else. */
const PUSH_TIMEOUT_MS = 5_000;

/** How long sshd accepts a pushed key, in milliseconds (EC2 User Guide, "Connect using EC2 Instance Connect": 60 seconds). */
export const KEY_LIFETIME_MS: Readonly<Record<PushWay, number>> = {
  'instance-connect': 60_000,
  command: ADDED_KEY_SECONDS * 1000,
};

/**
 * Lets a key log in for a short time. If EC2 Instance Connect does not take the key, a command on the target adds it: the caller
 * may not call that service, it does not exist in the region, or it does not accept the id or the user.
 *
 * @param first - the way that is tried first
 * @returns the way that was used; undefined when the command was stopped
 * @throws AwsError, CommandError or SessionError when neither way works
 */
export async function pushKey(
  remote: Remote,
  user: string,
  publicKey: string,
  first: PushWay,
): Promise<PushWay | undefined> {
  const { context } = remote;
  if (first === 'instance-connect') {
    try {
      const calls = await context.aws.calls();
      const pushed = calls.sendSshPublicKey(remote.target.id, user, publicKey).then(() => true);
      if (await withTimeout(context.clock, PUSH_TIMEOUT_MS, pushed, () => false)) return first;
    } catch (error) {
      if (!isAwsError(error)) throw error;
      context.logger.info(`the key is added by a command: ${error.message}`);
    }
  }
  const target = await readSshTarget(remote, user, { publicKey, when: 'always' });
  if (target === undefined) return undefined;
  checkAdded(target, remote.target.title);
  return 'command';
}

/**
 * @param title - of the target
 * @throws SessionError when the user does not exist, or the key was requested but not added
 */
export function checkAdded({ user, hasUser, added }: SshTarget, title: string): void {
  if (user === undefined) throw new SessionError(sshFailures['ssh-user-needed'](title));
  if (!hasUser) throw new SessionError(sshFailures['ssh-user-missing'](user, title));
  if (added !== undefined && added !== 'yes') {
    throw new SessionError(sshFailures['ssh-key-not-added'](user, title, added));
  }
}
