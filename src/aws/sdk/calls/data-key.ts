import { stringMember } from '../../../lib/json.ts';
import type { GenerateDataKeyRequest, GeneratedDataKey } from '../../aws.ts';
import { callFailures } from '../../../failures/calls.ts';
import { credentialFailures } from '../../../failures/credentials.ts';
import { AwsError, isAwsError, type AwsErrorReason } from '../aws-error.ts';
import type { Call } from '../describe-failure.ts';
import type { SdkCalls } from '../sdk-calls.ts';
import { callJson } from './direct/service-request.ts';

/** The Key Management Service (botocore, service-2.json of kms). */
const KMS = { service: 'kms', target: 'TrentService' } as const;

/**
 * Length of the data key in bytes: one AES-256 key for each direction
 * (docs/design/protocol.md#encryption).
 */
const DATA_KEY_BYTES = 64;

/** With these there are no credentials to make a call with. */
const CREDENTIALS_MISSING: ReadonlySet<AwsErrorReason> = new Set([
  'no-credentials',
  'expired-credentials',
  'credentials-timeout',
]);

/** Requests a new data key of KMS, encrypted for this session and target only. */
export function generateDataKey(
  calls: SdkCalls,
  { kmsKeyId, sessionId, targetId, challenge }: GenerateDataKeyRequest,
): Promise<GeneratedDataKey> {
  const what: Call = {
    action: 'kms:GenerateDataKey',
    object: `key ${kmsKeyId}`,
    purpose: 'encrypt the session',
    subject: { kind: 'key', id: kmsKeyId },
  };
  const generate = async (): Promise<GeneratedDataKey> => {
    const answer = await callJson(calls, KMS, what, {
      operation: 'GenerateDataKey',
      input: {
        KeyId: kmsKeyId,
        NumberOfBytes: DATA_KEY_BYTES,
        EncryptionContext: {
          'aws:ssm:SessionId': sessionId,
          'aws:ssm:TargetId': targetId,
          ...(challenge === undefined ? {} : { 'aws:ssm:RandomChallenge': challenge }),
        },
      },
    });
    const [cipherTextBlob, plaintext] = ['CiphertextBlob', 'Plaintext'].map((name) =>
      Buffer.from(stringMember(answer, name), 'base64'),
    );
    if (!cipherTextBlob?.length || plaintext?.length !== DATA_KEY_BYTES) {
      throw new AwsError(
        callFailures['answer-incomplete'](what.purpose, `data key of ${DATA_KEY_BYTES} bytes`),
      );
    }
    return { cipherTextBlob, plaintext };
  };
  return generate().catch((error: unknown) => {
    const isMissing = isAwsError(error) && CREDENTIALS_MISSING.has(error.reason);
    throw isMissing ? neededFor(kmsKeyId, error) : error;
  });
}

/** Without credentials no call was made: the text names what they are needed for. */
function neededFor(keyId: string, { reason, message }: AwsError): AwsError {
  const failure = credentialFailures['no-credentials-for-encryption'](keyId, message);
  return new AwsError({ ...failure, reason });
}
