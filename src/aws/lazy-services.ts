import type * as Sdk from './index.ts';
import type { AwsServices, AwsServicesOptions } from './services.ts';

/** The part of the program that holds the AWS SDK. */
type SdkPart = typeof Sdk;

/**
 * The calls to AWS without the AWS SDK, which takes a tenth of a second to load: it is loaded by the
 * first call that needs it, and keys in the environment or the profile do not.
 */
export function lazyAwsServices(options: AwsServicesOptions): AwsServices {
  let loading: Promise<SdkPart> | undefined;
  let services: Omit<AwsServices, 'credentials'> | undefined;
  const load = (): Promise<SdkPart> => (loading ??= import('./index.ts'));
  const loaded = async (): Promise<Omit<AwsServices, 'credentials'>> => {
    const { createAwsServices } = await load();
    return (services ??= createAwsServices(options));
  };
  return {
    credentials: () =>
      options.credentials.get(async () => (await load()).createSdkCredentials(options)),
    resumeSession: async (sessionId) => (await loaded()).resumeSession(sessionId),
    terminateSession: async (sessionId) => (await loaded()).terminateSession(sessionId),
    generateDataKey: async (request) => (await loaded()).generateDataKey(request),
  };
}
