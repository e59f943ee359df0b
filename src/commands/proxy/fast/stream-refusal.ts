import { proxyFailures } from '../../../failures/proxy.ts';
import { relayText } from '../../../cli/tunnel/relay-text.ts';
import type { StreamReset } from '../../../relay/protocol/stream.ts';
import type { Refusal, RefusalKind } from '../clients/proxy-client.ts';

/** What a code of the relay means to a client, and in words; undefined for its own text. */
const REASONS: Readonly<Record<StreamReset['code'], readonly [RefusalKind, string?]>> = {
  refused: ['refused', 'nothing listens there'],
  timeout: ['timeout', 'it does not answer'],
  unreachable: ['unreachable', 'there is no route to it'],
  unresolved: ['unreachable', 'its name has no address'],
  denied: ['denied', 'the system there does not permit it'],
  reset: ['failed', 'the connection was reset'],
  limit: ['busy', 'too many connections are open'],
  lost: ['failed', 'the tunnel was lost'],
  protocol: ['failed'],
  'in-use': ['failed'],
  other: ['failed'],
  closed: ['failed'],
};

/**
 * Why a relay has not connected a client.
 *
 * @param destination - host and port
 */
export function streamRefusal(
  target: string,
  destination: string,
  { code, text }: StreamReset,
): Refusal {
  const [kind, known] = REASONS[code];
  const failure = proxyFailures['proxy-destination-unreachable'](target, destination);
  const why = known ?? relayText(text);
  const problem = why === '' ? failure.problem : `${failure.problem.replace(/\.$/, '')}: ${why}.`;
  return { ...failure, problem, kind };
}
