import { GenerateDataKeyCommand, KMSClient } from '@aws-sdk/client-kms';
import type { GenerateDataKeyRequest, GeneratedDataKey } from '../../aws.ts';
import { AwsError } from '../aws-error.ts';
import type { SdkCalls } from '../sdk-calls.ts';

/**
 * Length of the data key in bytes: one AES-256 key for each direction
 * (docs/design/protocol.md#encryption).
 */
const DATA_KEY_BYTES = 64;

/** Requests a new data key of KMS, encrypted for this session and target only. */
export function generateDataKey(
  calls: SdkCalls,
  { kmsKeyId, sessionId, targetId, challenge }: GenerateDataKeyRequest,
): Promise<GeneratedDataKey> {
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
      throw new AwsError('invalid', `the answer contains no data key of ${DATA_KEY_BYTES} bytes`);
    }
    return { cipherTextBlob: Buffer.from(cipherTextBlob), plaintext: Buffer.from(plaintext) };
  });
}
