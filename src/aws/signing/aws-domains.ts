import { bareHost } from '../../network/loopback.ts';

/**
 * The domains under which AWS serves its endpoints: of every partition, for the classic and for the
 * dual-stack names (AWS SDK, partition data). Interface endpoints of a VPC are subdomains of them.
 */
const AWS_DOMAINS = [
  'amazonaws.com',
  'api.aws',
  'amazonaws.com.cn',
  'api.amazonwebservices.com.cn',
  'amazonaws.eu',
  'api.amazonwebservices.eu',
  'c2s.ic.gov',
  'api.aws.ic.gov',
  'sc2s.sgov.gov',
  'api.aws.scloud',
  'cloud.adc-e.uk',
  'api.cloud-aws.adc-e.uk',
  'csp.hci.ic.gov',
  'api.aws.hci.ic.gov',
] as const;

/**
 * The part of an AWS host name before AWS's own domain, as labels: `['ssm', 'eu-west-1']` for
 * `ssm.eu-west-1.amazonaws.com`; undefined for a host that is not AWS's.
 *
 * @param hostname - as in `URL.hostname`
 */
export function awsLabels(hostname: string): readonly string[] | undefined {
  const host = bareHost(hostname);
  const domain = AWS_DOMAINS.find((name) => host.endsWith(`.${name}`));
  return domain === undefined ? undefined : host.slice(0, -domain.length - 1).split('.');
}
