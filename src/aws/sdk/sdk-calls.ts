import { reportSending } from './report-sending.ts';
import { describeSource } from '../credentials/describe-source.ts';
import { isAwsError } from './aws-error.ts';
import { createSdkCredentials } from './sdk-credentials.ts';
import type { AwsCredentials } from '../credentials/credentials.ts';
import { isPromptCancelled } from '../credentials/sign-in/user-prompt.ts';
import { describeFailure, failureDetails, type Call } from './describe-failure.ts';
import { resolveEndpoint, type EndpointService } from '../endpoint.ts';
import { renewalHint } from '../credentials/renew-credentials.ts';
import { createSdkRequestHandler } from './sdk-request-handler.ts';
import { injectSharedFiles } from './sdk-shared-files.ts';
import { suppressVersionWarning } from './sdk-warnings.ts';
import type { AwsOptions } from '../aws-options.ts';
import { readSharedConfig, type SharedConfig } from '../shared-config.ts';

/** The configuration of a client of the AWS SDK. */
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
  /** As in `CredentialCalls`. */
  prepareCredentials(): Promise<void>;
  /**
   * Runs a call with a new client, which has no outdated state of an earlier call.
   *
   * @throws AwsError
   */
  call<T>(
    service: EndpointService,
    what: Call,
    run: (config: ClientConfig) => Promise<T>,
  ): Promise<T>;
}

/**
 * Calls with the settings of one user: credentials, region, endpoints and network.
 *
 * @param requestHandler - by default the one for small requests, with a time limit
 */
export function createSdkCalls(
  options: AwsOptions,
  requestHandler = createSdkRequestHandler(options.network, options.clock),
): SdkCalls {
  suppressVersionWarning();

  const credentials = async (config: SharedConfig): Promise<AwsCredentials> => {
    const place = describeSource(options.profile, options.env, config);
    const end = options.reportWait({ name: 'AWS credentials', place });
    try {
      return await options.credentials.get(() => Promise.resolve(createSdkCredentials(options)));
    } finally {
      end();
    }
  };

  const readConfig = (): Promise<SharedConfig> =>
    readSharedConfig(options.profile, options.env, options.logger);

  const clientConfig = async (service: EndpointService): Promise<ClientConfig> => {
    const config = await readConfig();
    injectSharedFiles(config.sections, options.env);
    const { url, useFips, useDualStack } = resolveEndpoint(
      service,
      options.endpoint,
      options.env,
      config,
    );
    return {
      region: options.region,
      credentials: await credentials(config),
      requestHandler,
      // The configured endpoint is resolved above, for the profile that the caller named.
      ignoreConfiguredEndpointUrls: true,
      ...(url === undefined
        ? { useFipsEndpoint: useFips, useDualstackEndpoint: useDualStack }
        : { endpoint: url, useFipsEndpoint: false, useDualstackEndpoint: false }),
    };
  };

  return {
    async prepareCredentials() {
      try {
        await credentials(await readConfig());
      } catch (error) {
        if (isPromptCancelled(error)) throw error;
      }
    },
    call: async (service, what, run) => {
      let used: AwsCredentials | undefined;
      try {
        const config = await clientConfig(service);
        used = config.credentials;
        return await reportSending(options, service, requestHandler, (handler) =>
          run({ ...config, requestHandler: handler }),
        );
      } catch (error) {
        // The user has left the prompt: the command ends, and reports nothing.
        if (isPromptCancelled(error)) throw error;
        options.logger.debug(failureDetails(error, what));
        if (isAwsError(error)) throw error;
        const failure = describeFailure(error, what, options.region);
        if (failure.reason === 'expired-credentials' && used !== undefined) {
          options.credentials.discard(used);
        }
        throw await renewalHint(failure, options);
      }
    },
  };
}
