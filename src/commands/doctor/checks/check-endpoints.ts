import type { SessionEndpoint } from '../../../aws/endpoint.ts';
import type { EndpointCalls } from '../../../aws/aws.ts';
import { explain } from './explain.ts';
import { failure, ok, skipped, warning, type Finding } from './finding.ts';
import { UNMET } from './needs.ts';
import { reach, type Reached, type ReachOptions } from './probe-endpoint.ts';

/** What each service is for, and whether sessions need it. */
const SERVICES: Readonly<
  Record<SessionEndpoint, { readonly purpose: string; readonly isNeeded: boolean }>
> = {
  ssm: { purpose: 'starts, resumes and ends sessions', isNeeded: true },
  ssmmessages: { purpose: 'carries sessions', isNeeded: true },
  // Unless the account's preferences set it.
  kms: { purpose: 'is for encrypted sessions', isNeeded: false },
  sts: { purpose: 'is for roles and for the list of open sessions', isNeeded: false },
};

/** In the order of the report. */
export const ENDPOINT_SERVICES: readonly SessionEndpoint[] = ['ssm', 'ssmmessages', 'kms', 'sts'];

/** AWS refuses signatures whose time is further off (AWS Signature Version 4), in milliseconds. */
const MAX_SKEW_MS = 5 * 60_000;

/** How an endpoint was reached, or why it was not. */
export interface EndpointCheck {
  readonly finding: Finding;
  readonly skewMs: number | undefined;
}

/**
 * Whether an endpoint can be reached: name, TCP, a proxy on the way, TLS, an answer.
 *
 * @param usesKms - whether sessions are encrypted, as far as it is known; asked when KMS is not reached
 */
export async function checkEndpoint(
  service: SessionEndpoint,
  calls: EndpointCalls,
  options: ReachOptions,
  usesKms: () => Promise<boolean>,
): Promise<EndpointCheck> {
  const check = `endpoint ${service}`;
  const { purpose, isNeeded } = SERVICES[service];
  let endpoint = '';
  try {
    endpoint = await calls.endpoint(service);
    const reached = await reach(endpoint, options);
    const finding = ok(check, `${shownEndpoint(endpoint)} answers${wayText(endpoint, reached)}`);
    return { finding, skewMs: reached.skewMs };
  } catch (error) {
    const isMissed = isNeeded || (service === 'kms' && (await usesKms()));
    const createFinding = isMissed ? failure : warning;
    const { text, next } = explain(error);
    const finding = createFinding(check, `${withEndpoint(endpoint, text)} (it ${purpose})`, next);
    return { finding, skewMs: undefined };
  }
}

/** Whether this machine's clock is close enough to that of an endpoint for signatures. */
export function checkClock(checks: readonly EndpointCheck[]): Finding {
  const check = 'clock';
  const skewMs = checks.find((one) => one.skewMs !== undefined)?.skewMs;
  if (skewMs === undefined) return skipped(check, UNMET.anyEndpoint);
  const seconds = Math.round(Math.abs(skewMs) / 1000);
  const direction = skewMs < 0 ? 'behind' : 'ahead of';
  return Math.abs(skewMs) > MAX_SKEW_MS
    ? warning(
        check,
        `${seconds} s ${direction} AWS, which refuses requests that are more than 5 minutes off`,
        'Set the clock of this machine, or let NTP set it',
      )
    : ok(check, `${seconds} s ${seconds === 0 ? 'away from' : direction} AWS`);
}

/** Endpoints use https, unless their URL is shown. */
function shownEndpoint(endpoint: string): string {
  return endpoint.replace(/^https:\/\//, '').replace(/\/$/, '');
}

/** Names the endpoint, unless the text does. */
function withEndpoint(endpoint: string, text: string): string {
  const shown = shownEndpoint(endpoint);
  return text.includes(shown) ? text : `${shown}: ${text}`;
}

function wayText(endpoint: string, { address, proxy, durationMs }: Reached): string {
  const way = proxy === undefined ? ` from ${address ?? ''}` : ` through the proxy ${proxy}`;
  const tls = endpoint.startsWith('https:') ? ', TLS verified' : ', without TLS';
  return `${way} in ${durationMs} ms${tls}`;
}
