import type { Account } from '../../../cli/framework/command-context.ts';

/** What a host name of ssh means; account and region are empty when it does not name them. */
export interface HostName extends Account {
  /** All of it, in lower case. */
  readonly host: string;
  /** A target, as commands take it. */
  readonly target: string;
}

/** Of names that are no ids. */
export const HOST_SUFFIX = '.ssm';
/**
 * What has no special meaning in a shell, in patterns of ssh_config(5) and in names of files. It is lower case, as ssh
 * passes names to its ProxyCommand.
 */
const HOST = /^[a-z0-9_][a-z0-9_.-]{0,252}$/;
/** `eu-central-1`, `us-gov-west-1`; a machine may be called `web-1`. */
const REGION =
  /^[a-z]{2,4}(?:-[a-z]{2,5})?-(?:central|north|south|east|west|(?:north|south)(?:east|west))-\d{1,2}$/;
/** The domain of private DNS names has a region before it (EC2 user guide, "EC2 instance hostnames"). */
const PRIVATE_DOMAIN = 'compute.internal';

/**
 * Reads `TARGET.ssm`, `TARGET.REGION.ssm` or `TARGET.REGION.PROFILE.ssm`. The region is the last label that looks like one:
 * so target and profile may have dots. Names without the suffix are ids, or those of the user's own configuration.
 *
 * @returns undefined for a name that is none of a target
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
