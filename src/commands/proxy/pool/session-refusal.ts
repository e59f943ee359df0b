import type { SessionFailure } from '../../../session/ending.ts';
import type { Refusal } from '../clients/proxy-client.ts';

/** How the agent refuses a destination, such as the metadata of the instance (docs/design/agent.md#destinations). */
const FORBIDDEN = /Forwarding to IP address .* is forbidden/;

/** Why the end of a session refuses its clients. */
export function refusalOf({ code, problem, remedy }: SessionFailure): Refusal {
  return { code, problem, remedy, kind: FORBIDDEN.test(problem) ? 'denied' : 'failed' };
}
