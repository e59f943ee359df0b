import { GenerateDataKeyCommand, KMSClient } from '@aws-sdk/client-kms';
import { ResumeSessionCommand, SSMClient, TerminateSessionCommand } from '@aws-sdk/client-ssm';
import { AwsError, isAwsError } from './aws-error.ts';
import type { AwsCredentials } from './credentials.ts';
import { describeFailure, type Call } from './describe-failure.ts';
import { resolveEndpoint, type EndpointService } from './endpoint.ts';
import { lookUpCredentials } from './look-up-credentials.ts';
import { askSdk } from './ask-sdk.ts';
import { createSdkRequestHandler } from './sdk-request-handler.ts';
import { silenceVersionWarning } from './sdk-warnings.ts';
import type { AwsServices, AwsServicesOptions } from './services.ts';
import { readSharedConfig } from './shared-config.ts';

export { askSdk } from './ask-sdk.ts';

/** Bytes of the data key: one AES-256 key for each direction (data-channel protocol, "Encryption"). */
const DATA_KEY_BYTES = 64;

/** The calls to AWS by the AWS SDK. Importing this module loads the SDK; `lazyAwsServices` does not. */
export function createAwsServices(options: AwsServicesOptions): AwsServices {
  silenceVersionWarning();
  const requestHandler = createSdkRequestHandler(options.network);

  const credentials = (): Promise<AwsCredentials> =>
    lookUpCredentials(options, () => Promise.resolve((source) => askSdk(options, source)));

  const clientConfig = async (service: EndpointService): Promise<ClientConfig> => {
    const config = await readSharedConfig(options.profile, options.env, options.logger);
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

  /** Runs a call with a client of its own, so that nothing outdated is left of an earlier one. */
  const call = async <T>(
    service: EndpointService,
    what: Call,
    run: (config: ClientConfig) => Promise<T>,
  ): Promise<T> => {
    try {
      return await run(await clientConfig(service));
    } catch (error) {
      if (!isAwsError(error)) throw describeFailure(error, what);
      if (error.message.startsWith(what.action)) throw error;
      throw new AwsError(
        error.reason,
        `${what.action} for ${what.object} failed: ${error.message}`,
      );
    }
  };

  return {
    credentials,
    resumeSession: (sessionId) =>
      call('ssm', ssmCall('ssm:ResumeSession', sessionId), async (config) => {
        const answer = await new SSMClient(config).send(
          new ResumeSessionCommand({ SessionId: sessionId }),
        );
        return { tokenValue: answer.TokenValue ?? '', streamUrl: answer.StreamUrl ?? '' };
      }),
    terminateSession: (sessionId) =>
      call('ssm', ssmCall('ssm:TerminateSession', sessionId), async (config) => {
        await new SSMClient(config).send(new TerminateSessionCommand({ SessionId: sessionId }));
      }),
    generateDataKey: ({ kmsKeyId, sessionId, targetId, challenge }) => {
      const what = { action: 'kms:GenerateDataKey', object: `key ${kmsKeyId}` };
      return call('kms', what, async (config) => {
        const answer = await new KMSClient(config).send(
          new GenerateDataKeyCommand({
            KeyId: kmsKeyId,
            NumberOfBytes: DATA_KEY_BYTES,
            EncryptionContext: {
              'aws:ssm:SessionId': sessionId,
              'aws:ssm:TargetId': targetId,
              ...(challenge === undefined ? {} : { 'aws:ssm:RandomChallenge': challenge }),
            },
          }),
        );
        const { CiphertextBlob: cipherTextBlob, Plaintext: plaintext } = answer;
        if (cipherTextBlob === undefined || plaintext?.length !== DATA_KEY_BYTES) {
          throw new AwsError('invalid', `the answer holds no data key of ${DATA_KEY_BYTES} bytes`);
        }
        return { cipherTextBlob: Buffer.from(cipherTextBlob), plaintext: Buffer.from(plaintext) };
      });
    },
  };
}

/** What both clients are made with. */
interface ClientConfig {
  readonly region: string;
  readonly credentials: AwsCredentials;
  readonly requestHandler: ReturnType<typeof createSdkRequestHandler>;
  readonly ignoreConfiguredEndpointUrls: boolean;
  readonly endpoint?: string;
  readonly useFipsEndpoint: boolean;
  readonly useDualstackEndpoint: boolean;
}

function ssmCall(action: string, sessionId: string): Call {
  return { action, object: `session ${sessionId}` };
}
