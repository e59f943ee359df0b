import { awsLabels } from './signing/aws-domains.ts';
import type { Environment } from './aws-options.ts';
import type { SharedConfig } from './shared-config.ts';

/** A service whose endpoint can be configured. */
export type EndpointService =
  | SessionEndpoint
  | 'ec2'
  | 'ec2_instance_connect'
  | 'ecs'
  | 'elasticache'
  | 'opensearch'
  | 'rds'
  | 'redshift'
  | 's3'
  | 'secrets_manager'
  | 'sso_oidc';

/** A service that sessions use. */
export type SessionEndpoint = 'ssm' | 'ssmmessages' | 'kms' | 'sts';

/** Where a service is called. */
export interface ServiceEndpoint {
  /** The configured endpoint; undefined for the regional one. */
  readonly url: string | undefined;
  /** For the regional endpoint: the one validated for FIPS 140. */
  readonly useFips: boolean;
  /** For the regional endpoint: the one with IPv6. */
  readonly useDualStack: boolean;
}

/**
 * The endpoint of a service, in the order of the AWS SDKs ("Service-specific endpoints"): for SSM the
 * one that the caller passed, then the service's variable (AWS_ENDPOINT_URL_SSM, …), AWS_ENDPOINT_URL,
 * the service's and the general `endpoint_url` of the profile, else the regional endpoint.
 *
 * @param callerEndpoint - as the caller passed it; may be empty
 */
export function resolveEndpoint(
  service: EndpointService,
  callerEndpoint: string,
  env: Environment,
  config: SharedConfig,
): ServiceEndpoint {
  const fromCaller =
    service === 'ssm' && answersSsm(callerEndpoint, env, config) ? callerEndpoint : undefined;
  const url = fromCaller ?? configuredEndpoint(service, env, config);
  if (url !== undefined) return { url, useFips: false, useDualStack: false };
  return {
    url: undefined,
    useFips: isTrue(env['AWS_USE_FIPS_ENDPOINT'] ?? config.profile?.['use_fips_endpoint']),
    useDualStack: isTrue(
      env['AWS_USE_DUALSTACK_ENDPOINT'] ?? config.profile?.['use_dualstack_endpoint'],
    ),
  };
}

/**
 * The endpoints that are configured for the services of a session. Connections to them may be signed.
 *
 * @param callerEndpoint - as the caller passed it; may be empty
 */
export function configuredEndpoints(
  callerEndpoint: string,
  env: Environment,
  config: SharedConfig,
): readonly string[] {
  const urls = [
    callerEndpoint,
    configuredEndpoint('ssm', env, config),
    configuredEndpoint('ssmmessages', env, config),
  ];
  return urls.flatMap((url) => (url !== undefined && isHttpUrl(url) ? [url] : []));
}

/**
 * Whether the endpoint that the caller passed serves SSM. `aws ecs execute-command` passes the one of
 * ECS, and Packer the stream URL (docs/design/protocol.md#arguments).
 */
function answersSsm(endpoint: string, env: Environment, config: SharedConfig): boolean {
  if (!isHttpUrl(endpoint)) return false;
  const labels = awsLabels(new URL(endpoint).hostname);
  if (labels !== undefined) return labels.some((label) => label === 'ssm' || label === 'ssm-fips');
  const ecs = configuredEndpoint('ecs', env, config);
  return ecs === undefined || ecs !== endpoint || ecs === configuredEndpoint('ssm', env, config);
}

function configuredEndpoint(
  service: EndpointService,
  env: Environment,
  config: SharedConfig,
): string | undefined {
  const ignored =
    env['AWS_IGNORE_CONFIGURED_ENDPOINT_URLS'] ??
    config.profile?.['ignore_configured_endpoint_urls'];
  if (isTrue(ignored)) return undefined;
  return [
    env[`AWS_ENDPOINT_URL_${service.toUpperCase()}`],
    env['AWS_ENDPOINT_URL'],
    config.services[`${service}.endpoint_url`],
    config.profile?.['endpoint_url'],
  ].find((url) => url !== undefined && url !== '');
}

function isTrue(setting: string | undefined): boolean {
  return setting?.trim().toLowerCase() === 'true';
}

function isHttpUrl(text: string): boolean {
  return URL.canParse(text) && ['https:', 'http:'].includes(new URL(text).protocol);
}
