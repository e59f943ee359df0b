import { KMSClient } from '@aws-sdk/client-kms';
import { SSMClient } from '@aws-sdk/client-ssm';
import { STSClient } from '@aws-sdk/client-sts';
import { resolveEndpoint, type SessionEndpoint, type ServiceEndpoint } from '../../endpoint.ts';
import type { AwsOptions } from '../../aws-options.ts';
import { readSharedConfig } from '../../shared-config.ts';

/** The URL at which a service is called: a configured one, else the region's by the AWS SDK's rules. */
export async function endpointUrl(options: AwsOptions, service: SessionEndpoint): Promise<string> {
  const config = await readSharedConfig(options.profile, options.env, options.logger);
  const endpoint = resolveEndpoint(service, options.endpoint, options.env, config);
  return endpoint.url ?? regionalUrl(options.region, service, endpoint);
}

/** The URL of a service in a region, by the AWS SDK's rules. */
export function regionalUrl(
  region: string,
  service: SessionEndpoint | 'ecs',
  { useFips, useDualStack }: ServiceEndpoint,
): string {
  const parameters = { Region: region, UseFIPS: useFips, UseDualStack: useDualStack };
  const url = (endpoint: { readonly url: URL }): string => endpoint.url.origin;
  switch (service) {
    case 'ssm':
      return url(new SSMClient({ region }).config.endpointProvider(parameters));
    case 'kms':
      return url(new KMSClient({ region }).config.endpointProvider(parameters));
    case 'sts':
      return url(new STSClient({ region }).config.endpointProvider(parameters));
    case 'ssmmessages':
    case 'ecs':
      // There is no client of the SDK for them here; their hosts are named as those of SSM.
      return regionalUrl(region, 'ssm', { url: undefined, useFips, useDualStack }).replace(
        '//ssm',
        `//${service}`,
      );
  }
}
