import type { TestContext } from 'node:test';
import type { AgentEncryption } from '../../local-aws/local-aws.ts';
import { createKmsApi, type KmsApi } from '../../local-aws/api/kms-api.ts';
import { serve } from '../../network/local-server.ts';
import type { Environment } from '../../program/support/program.ts';

/** The key that sessions are encrypted with. */
export const KMS_KEY = 'arn:aws:kms:us-east-1:123456789012:key/sessions';

/** A Key Management Service with one key, and what makes program and agent use it. */
export interface LocalKms {
  readonly api: KmsApi;
  /** For the program. */
  readonly env: Environment;
  /** For the agent. */
  readonly encryption: AgentEncryption;
}

/**
 * Starts the service for one test.
 *
 * @param challenge - of a newer agent, base64
 */
export async function startLocalKms(t: TestContext, challenge?: string): Promise<LocalKms> {
  const api = createKmsApi();
  api.setKey(KMS_KEY, 'enabled');
  const port = await serve(t, api.listener);
  return {
    api,
    env: { AWS_ENDPOINT_URL_KMS: `http://127.0.0.1:${port}` },
    encryption: {
      kmsKeyId: KMS_KEY,
      ...(challenge === undefined ? {} : { challenge }),
      decryptDataKey: (blob, context) => api.decrypt(blob, context),
    },
  };
}
