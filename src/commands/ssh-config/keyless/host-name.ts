import type { Account } from '../../../cli/framework/command-context.ts';

/** What a host name of ssh means. */
export interface HostName extends Account {
  /** The whole host name, in lower case. */
  readonly host: string;
  /** The target, as commands take it. */
  readonly target: string;
}

/** The suffix of names that are not ids. */
export const HOST_SUFFIX = '.ssm';
/**
 * Names without characters that are special to a shell, in patterns of ssh_config(5) or in file names. They are in lower case,
 * as ssh passes names to its ProxyCommand.
 */
const HOST = /^[a-z0-9_][a-z0-9_.-]{0,252}$/;
/** `eu-central-1`, `us-gov-west-1`; a machine may be called `web-1`. */
const REGION =
  /^[a-z]{2,4}(?:-[a-z]{2,5})?-(?:central|north|south|east|west|(?:north|south)(?:east|west))-\d{1,2}$/;
/** The domain of private DNS names has a region before it (EC2 user guide, "EC2 instance hostnames"). */
const PRIVATE_DOMAIN = 'compute.internal';

/**
 * Reads `TARGET.ssm`, `TARGET.REGION.ssm` or `TARGET.REGION.PROFILE.ssm`. The region is the last label that looks like one, so
 * target and profile may contain dots. Names without the suffix are ids, or belong to the user's own configuration.
 *
 * @returns undefined for a name that does not mean a target
 */
export function parseHostName(text: string): HostName | undefined {
  const host = text.toLowerCase();
  if (!HOST.test(host)) return undefined;
  const whole = { host, target: host.replace(/\.ssm$/, ''), region: '', profile: '' };
  if (!host.endsWith(HOST_SUFFIX)) return whole;
  const labels = whole.target.split('.');
  const at = labels.findLastIndex((label, index) => index > 0 && REGION.test(label));
  const profile = labels.slice(at + 1).join('.');
  if (at === -1 || profile === PRIVATE_DOMAIN) return whole;
  return { host, target: labels.slice(0, at).join('.'), region: labels[at] ?? '', profile };
}
