import { isIPv4, isIPv6 } from 'node:net';
import { ValueError } from '../../../cli/framework/usage/value-error.ts';
import { isPort } from '../../../cli/framework/parse-port.ts';
import {
  isMetadata,
  isTargetItself,
  readHost,
  withoutRoot,
  type Destination,
} from './destination.ts';

/** Hosts, and their ports. */
export interface Pattern {
  /**
   * A name or an address, in the one form of a destination; `*` is any text. One of digits, dots and stars alone
   * matches IPv4 addresses alone, see {@link NUMERIC_PATTERN}: the owner of a name such as `10.0.attacker.example`
   * chooses its first labels.
   */
  readonly host: string;
  /** Undefined for all. */
  readonly ports: { readonly low: number; readonly high: number } | undefined;
}

/** What clients may connect to. */
export interface Rules {
  /** Empty for everything but the target itself. */
  readonly allow: readonly Pattern[];
  /** Comes before `allow`. */
  readonly deny: readonly Pattern[];
  /** Whether the metadata of the target is denied that no pattern names: the agent refuses it, a relay would not. */
  readonly refusesMetadata?: boolean;
}

/** What the rules decide. */
export type Decision = 'allowed' | 'denied' | 'target-itself';

const PATTERN = /^(?:\[([\da-f:.]+)\]|([\w.*-]+))(?::(\d+)(?:-(\d+))?)?$/i;
/** The pattern of an IPv4 address, also for the auto-configuration file: without a digit it matches everything. */
export const NUMERIC_PATTERN = /^[.*]*\d[\d.*]*$/;

/**
 * Reads one more `HOST[:PORT[-PORT]]`.
 *
 * @throws ValueError
 */
export function parsePattern(
  text: string,
  before: readonly Pattern[] | undefined,
): readonly Pattern[] {
  const [, address, name, low, high = low] = PATTERN.exec(text) ?? [];
  const host = address === undefined ? readNamePattern(name) : readAddress(address);
  const isValid = low === undefined || (isPort(low) && isPort(high ?? ''));
  if (host === undefined || !isValid || Number(low) > Number(high)) {
    throw new ValueError([
      "Pass HOST, HOST:PORT or HOST:PORT-PORT, such as '*.internal' or 10.0.*:443.",
      'Put an IPv6 address in brackets, without *: [fd00::5]:443. Write all four numbers of an IPv4 address, or *.',
    ]);
  }
  const ports = low === undefined ? undefined : { low: Number(low), high: Number(high) };
  return [...(before ?? []), { host, ports }];
}

function readAddress(text: string): string | undefined {
  return isIPv6(text) ? readHost(text) : undefined;
}

function readNamePattern(text = ''): string | undefined {
  const pattern = withoutRoot(text.toLowerCase());
  if (!pattern.includes('*')) return readHost(pattern);
  if (!NUMERIC_PATTERN.test(pattern)) return pattern;
  // A number in another form would match no destination.
  const isOctet = (part: string): boolean => part.includes('*') || isIPv4(`${part}.0.0.0`);
  return pattern.split('.').every(isOctet) ? pattern : undefined;
}

/** Decides about a destination. */
export function decide(rules: Rules, destination: Destination): Decision {
  const { allow, deny } = rules;
  if (deny.some((pattern) => matches(pattern, destination))) return 'denied';
  if (rules.refusesMetadata === true && isMetadata(destination) && !isNamed(allow, destination)) {
    return 'denied';
  }
  if (allow.length === 0) return isTargetItself(destination) ? 'target-itself' : 'allowed';
  return allow.some((pattern) => matches(pattern, destination)) ? 'allowed' : 'denied';
}

/** Whether a pattern without a star allows it. */
function isNamed(allow: readonly Pattern[], destination: Destination): boolean {
  return allow.some((pattern) => !pattern.host.includes('*') && matches(pattern, destination));
}

function matches({ host, ports }: Pattern, destination: Destination): boolean {
  if (ports !== undefined && (destination.port < ports.low || destination.port > ports.high)) {
    return false;
  }
  if (NUMERIC_PATTERN.test(host) && !isIPv4(destination.host)) return false;
  return matchesText(host.split('*'), withoutRoot(destination.host));
}

/** The parts between the stars must appear in their order: no backtracking, however many stars there are. */
function matchesText(parts: readonly string[], text: string): boolean {
  const [first = '', ...others] = parts;
  const last = others.pop();
  if (last === undefined) return text === first;
  if (!text.startsWith(first) || !text.endsWith(last)) return false;
  const end = text.length - last.length;
  let at = first.length;
  for (const part of others) {
    const found = text.indexOf(part, at);
    if (found === -1) return false;
    at = found + part.length;
  }
  return at <= end;
}
