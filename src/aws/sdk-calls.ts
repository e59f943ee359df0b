import { AwsError, isAwsError } from './aws-error.ts';
import { askSdk } from './ask-sdk.ts';
import type { AwsCredentials } from './credentials.ts';
import { describeFailure, type Call } from './describe-failure.ts';
import { resolveEndpoint, type EndpointService } from './endpoint.ts';
import { lookUpCredentials } from './look-up-credentials.ts';
import { tellHowToRenew } from './renew-credentials.ts';
import { createSdkRequestHandler } from './sdk-request-handler.ts';
import { giveSdkSharedFiles } from './sdk-shared-files.ts';
import { silenceVersionWarning } from './sdk-warnings.ts';
import type { AwsServicesOptions } from './services.ts';
import { readSharedConfig } from './shared-config.ts';

/** What a client of the AWS SDK is made with. */
export interface ClientConfig {
  readonly region: string;
  readonly credentials: AwsCredentials;
  readonly requestHandler: ReturnType<typeof createSdkRequestHandler>;
  readonly ignoreConfiguredEndpointUrls: boolean;
  readonly endpoint?: string;
  readonly useFipsEndpoint: boolean;
  readonly useDualstackEndpoint: boolean;
}

/** How every call to AWS is made. */
export interface SdkCalls {
  /** @throws AwsError */
  credentials(): Promise<AwsCredentials>;
  /**
   * Runs a call with a client of its own, so that nothing outdated is left of an earlier one.
   *
   * @throws AwsError whose message begins with the action and its object
   */
  call<T>(
    service: EndpointService,
    what: Call,
    run: (config: ClientConfig) => Promise<T>,
  ): Promise<T>;
}

/** Calls with the settings of one user: credentials, region, endpoints and network. */
export function createSdkCalls(options: AwsServicesOptions): SdkCalls {
  silenceVersionWarning();
  const requestHandler = createSdkRequestHandler(options.network);

  const credentials = (): Promise<AwsCredentials> =>
    lookUpCredentials(options, () => Promise.resolve((source) => askSdk(options, source)));

  const clientConfig = async (service: EndpointService): Promise<ClientConfig> => {
    const config = await readSharedConfig(options.profile, options.env, options.logger);
    giveSdkSharedFiles(config.sections, options.env);
    const { url, useFips, useDualStack } = resolveEndpoint(
      service,
      options.endpoint,
      options.env,
      config,
    );
    return {
      region: options.region,
      credentials: await credentials(),
      requestHandler,
      // What is configured has been resolved above, for the profile the caller named.
      ignoreConfiguredEndpointUrls: true,
      ...(url === undefined
        ? { useFipsEndpoint: useFips, useDualstackEndpoint: useDualStack }
        : { endpoint: url, useFipsEndpoint: false, useDualstackEndpoint: false }),
    };
  };

  return {
    credentials,
    call: async (service, what, run) => {
      try {
        return await run(await clientConfig(service));
      } catch (error) {
        if (!isAwsError(error)) throw await tellHowToRenew(describeFailure(error, what), options);
        if (error.message.startsWith(what.action)) throw error;
        throw new AwsError(
          error.reason,
          `${what.action} for ${what.object} failed: ${error.message}`,
        );
      }
    },
  };
}
