import type { SessionFailure } from '../../../session/ending.ts';
import type { Refusal, RefusalKind } from '../clients/proxy-client.ts';

/** How the agent refuses a destination, such as the metadata of the instance (docs/design/agent.md#destinations). */
const FORBIDDEN = /Forwarding to IP address .* is forbidden/;
/** It ends the session when the name of the host cannot be resolved. */
const UNKNOWN_NAME = /: lookup \S+( on \S+)?: /;

/** Why the end of a session refuses its clients. */
export function refusalOf({ code, problem, remedy }: SessionFailure): Refusal {
  return { code, problem, remedy, kind: kindOf(problem) };
}

function kindOf(problem: string): RefusalKind {
  if (FORBIDDEN.test(problem)) return 'denied';
  return UNKNOWN_NAME.test(problem) ? 'unreachable' : 'failed';
}
