import { isNetworkError } from '../network/network-error.ts';
import { proxyFor } from '../network/proxy/proxy.ts';
import type { Environment } from './aws-options.ts';
import type { EndpointService } from './endpoint.ts';
import type { WaitSubject } from './report-wait.ts';

const SERVICE_NAMES: Readonly<Record<EndpointService, string>> = {
  ssm: 'Systems Manager',
  ssmmessages: 'the message gateway',
  kms: 'KMS',
  sts: 'the Security Token Service',
  ec2: 'EC2',
  ec2_instance_connect: 'EC2 Instance Connect',
  ecs: 'ECS',
  elasticache: 'ElastiCache',
  opensearch: 'OpenSearch Service',
  rds: 'RDS',
  redshift: 'Redshift',
  s3: 'S3',
  secrets_manager: 'Secrets Manager',
  sso_oidc: 'IAM Identity Center',
};

/**
 * A service of a region.
 *
 * @param url - where it is called; its host is shown, and the proxy before it
 */
export function serviceSubject(
  service: EndpointService,
  region: string,
  url: URL,
  env: Environment,
): WaitSubject {
  const proxy = proxyNameFor(url, env);
  return {
    name: `${SERVICE_NAMES[service]} in ${region}`,
    place: proxy === undefined ? url.host : `${url.host} through ${proxy}`,
  };
}

/** The connection reports a setting that cannot be used. */
function proxyNameFor(url: URL, env: Environment): string | undefined {
  try {
    return proxyFor(url, env)?.display;
  } catch (error) {
    if (isNetworkError(error)) return undefined;
    throw error;
  }
}
