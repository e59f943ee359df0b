import type { AccessCalls, AccessRequest } from '../../aws/access-calls.ts';
import type { Clock } from '../../lib/clock.ts';
import { printable } from '../../lib/printable.ts';
import { withTimeout } from '../../lib/with-timeout.ts';
import { timeText } from '../output/time-text.ts';
import { ownRequests } from './own-requests.ts';

/** Time limit for the check whether access can be requested, in milliseconds. Without an answer, only the refusal is reported. */
const ACCESS_WAY_TIMEOUT_MS = 3_000;

/** How the user can get access to a node for which AWS has refused a session. */
export type AccessWay =
  /** The account has no just-in-time access, or does not show it. */
  | { readonly kind: 'none' }
  | { readonly kind: 'requestable' }
  /** The user has requested it; the request is approved or pending. */
  | { readonly kind: 'requested'; readonly request: AccessRequest };

/**
 * Checks it with the permissions that AWS proposes for users who request access (user guide, "Setting up just-in-time access
 * with Systems Manager"). Never rejects.
 */
export function findAccessWay(
  calls: AccessCalls,
  clock: Clock,
  target: string,
): Promise<AccessWay> {
  const found = Promise.allSettled([
    ownRequests(calls, clock, target),
    calls.hasApprovalPolicy(),
  ]).then(([own, policy]): AccessWay => {
    const requests = own.status === 'fulfilled' ? own.value.requests : [];
    const request =
      requests.find(({ state }) => state === 'Approved') ??
      requests.find(({ state }) => state === 'Pending');
    if (request !== undefined) return { kind: 'requested', request };
    const hasPolicy = policy.status === 'fulfilled' && policy.value;
    return { kind: hasPolicy || requests.length > 0 ? 'requestable' : 'none' };
  });
  return withTimeout<AccessWay>(clock, ACCESS_WAY_TIMEOUT_MS, found, () => ({ kind: 'none' }));
}

/** An approved or pending request, as a part of a sentence. */
export function requestText({ id, state, requestedAt, until }: AccessRequest): string {
  const name = `access request ${printable(id)} of ${timeText(requestedAt)}`;
  if (state !== 'Approved') return `${name} is pending`;
  return `${name} is approved${until === undefined ? '' : ` until ${timeText(until)}`}`;
}
