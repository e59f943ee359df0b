import type { AccessCalls, AccessRequest } from '../../aws/access-calls.ts';
import type { Clock } from '../../lib/clock.ts';

/**
 * The user's requests for access, the newest first. AWS has no state for an approved one whose time has ended.
 *
 * @param target - id of a node; undefined for all
 * @throws AwsError when they cannot be listed
 */
export async function ownRequests(
  calls: AccessCalls,
  clock: Pick<Clock, 'now'>,
  target?: string,
): Promise<{ readonly requests: readonly AccessRequest[]; readonly areAll: boolean }> {
  const { requests, areAll } = await calls.accessRequests(target);
  const now = clock.now();
  return { requests: requests.map((request) => withEnd(request, now)), areAll };
}

function withEnd(request: AccessRequest, now: number): AccessRequest {
  const { state, until = Infinity } = request;
  return state === 'Approved' && until <= now ? { ...request, state: 'Expired' } : request;
}
