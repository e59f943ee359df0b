import { GenerateDataKeyCommand, KMSClient } from '@aws-sdk/client-kms';
import { ResumeSessionCommand, SSMClient, TerminateSessionCommand } from '@aws-sdk/client-ssm';
import { AwsError } from './sdk/aws-error.ts';
import type { Call } from './sdk/describe-failure.ts';
import { createSdkCalls } from './sdk/sdk-calls.ts';
import type { AwsServices, AwsServicesOptions } from './services.ts';

export { createSdkCredentials } from './sdk/ask-sdk.ts';

/**
 * Bytes of the data key: one AES-256 key for each direction (docs/design/protocol.md#encryption).
 */
const DATA_KEY_BYTES = 64;

/** The calls to AWS by the AWS SDK. Importing this module loads the SDK; `lazyAwsServices` does not. */
export function createAwsServices(options: AwsServicesOptions): Omit<AwsServices, 'credentials'> {
  const calls = createSdkCalls(options);
  return {
    resumeSession: (sessionId) =>
      calls.call('ssm', ssmCall('ssm:ResumeSession', sessionId), async (config) => {
        const answer = await new SSMClient(config).send(
          new ResumeSessionCommand({ SessionId: sessionId }),
        );
        return { tokenValue: answer.TokenValue ?? '', streamUrl: answer.StreamUrl ?? '' };
      }),
    terminateSession: (sessionId) =>
      calls.call('ssm', ssmCall('ssm:TerminateSession', sessionId), async (config) => {
        await new SSMClient(config).send(new TerminateSessionCommand({ SessionId: sessionId }));
      }),
    generateDataKey: ({ kmsKeyId, sessionId, targetId, challenge }) => {
      const what = { action: 'kms:GenerateDataKey', object: `key ${kmsKeyId}` };
      return calls.call('kms', what, async (config) => {
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

function ssmCall(action: string, sessionId: string): Call {
  return { action, object: `session ${sessionId}` };
}
