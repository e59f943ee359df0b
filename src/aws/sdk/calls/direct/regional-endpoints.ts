import { SSMClient } from '@aws-sdk/client-ssm';
import {
  resolveEndpoint,
  type EndpointService,
  type ServiceEndpoint,
  type SessionEndpoint,
} from '../../../endpoint.ts';
import type { AwsOptions } from '../../../aws-options.ts';
import { readSharedConfig } from '../../../shared-config.ts';

/** The URL at which a service is called: a configured one, else the region's by the AWS SDK's rules. */
export async function endpointUrl(options: AwsOptions, service: SessionEndpoint): Promise<string> {
  const config = await readSharedConfig(options.profile, options.env, options.logger);
  const endpoint = resolveEndpoint(service, options.endpoint, options.env, config);
  if (endpoint.url !== undefined) return endpoint.url;
  const { region } = options;
  return service === 'ssm'
    ? ssmUrl(region, endpoint.useFips, endpoint.useDualStack)
    : serviceUrl(region, service, endpoint);
}

/** A service that is called without a client of the AWS SDK. */
export type DirectService = Exclude<EndpointService, 'ssm' | 'sso_oidc' | 's3'>;

/** Names in hosts and signatures that are not the service's id (botocore, `endpointPrefix` and `signingName`). */
const NAMES: Partial<Record<DirectService, string>> = {
  ec2_instance_connect: 'ec2-instance-connect',
  opensearch: 'es',
  secrets_manager: 'secretsmanager',
};
/** In AWS GovCloud, the hosts of these are validated for FIPS 140 without another name (botocore, endpoint-rule-set-1.json). */
const PLAIN_IN_GOVCLOUD: ReadonlySet<DirectService> = new Set([
  'ssmmessages',
  'sts',
  'ec2',
  'rds',
  'elasticache',
  'redshift',
]);

/** The name of a service in signatures. */
export function signingName(service: DirectService): string {
  return NAMES[service] ?? service;
}

/** The URL of a service in a region. The hosts are named as those of SSM, with few exceptions (botocore, endpoint-rule-set-1.json). */
export function serviceUrl(
  region: string,
  service: DirectService,
  { useFips, useDualStack }: ServiceEndpoint,
): string {
  // That of Secrets Manager has IPv6 by its usual name.
  const hasDualStack = useDualStack && service !== 'secrets_manager';
  const isGovCloud = region.startsWith('us-gov-');
  const plain = !useFips || (isGovCloud && !hasDualStack && PLAIN_IN_GOVCLOUD.has(service));
  const name = service === 'opensearch' && hasDualStack && !useFips ? 'aos' : signingName(service);
  return ssmUrl(region, false, hasDualStack).replace('//ssm', `//${name}${plain ? '' : '-fips'}`);
}

/** The URL of Systems Manager in a region, by the AWS SDK's rules. */
function ssmUrl(region: string, UseFIPS: boolean, UseDualStack: boolean): string {
  const { endpointProvider } = new SSMClient({ region }).config;
  return endpointProvider({ Region: region, UseFIPS, UseDualStack }).url.origin;
}
