import type * as Sdk from './index.ts';
import { lookUpCredentials } from './look-up-credentials.ts';
import type { AwsServices, AwsServicesOptions } from './services.ts';

/** The part of the program that holds the AWS SDK. */
type SdkPart = typeof Sdk;

/**
 * The calls to AWS without the AWS SDK, which takes a tenth of a second to load: it is loaded by the
 * first call that needs it, and keys in the environment or the profile do not.
 */
export function lazyAwsServices(options: AwsServicesOptions): AwsServices {
  let loading: Promise<SdkPart> | undefined;
  let services: AwsServices | undefined;
  const load = (): Promise<SdkPart> => (loading ??= import('./index.ts'));
  const loaded = async (): Promise<AwsServices> => {
    const { createAwsServices } = await load();
    return (services ??= createAwsServices(options));
  };
  return {
    credentials: () =>
      lookUpCredentials(options, async () => {
        const { askSdk } = await load();
        return (source) => askSdk(options, source);
      }),
    resumeSession: async (sessionId) => (await loaded()).resumeSession(sessionId),
    terminateSession: async (sessionId) => (await loaded()).terminateSession(sessionId),
    generateDataKey: async (request) => (await loaded()).generateDataKey(request),
  };
}
