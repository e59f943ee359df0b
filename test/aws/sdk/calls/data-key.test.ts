import assert from 'node:assert/strict';
import { it } from 'node:test';
import type { AwsErrorReason } from '../../../../src/aws/sdk/aws-error.ts';
import { createKmsApi } from '../../../local-aws/api/kms-api.ts';
import { serve } from '../../../network/local-server.ts';
import { failsWith, KEY, REQUEST, awsFor, SESSION } from '../../test-aws.ts';

it('a data key has 64 bytes, and its encrypted form only decrypts in its context', async (t) => {
  const kms = createKmsApi();
  kms.setKey(KEY, 'enabled');
  const port = await serve(t, kms.listener);
  const aws = awsFor(t, { AWS_ENDPOINT_URL_KMS: `http://127.0.0.1:${port}` });
  const key = await aws.generateDataKey(REQUEST);
  assert.equal(key.plaintext.length, 64);
  const context = { 'aws:ssm:SessionId': SESSION, 'aws:ssm:TargetId': REQUEST.targetId };
  assert.deepEqual(kms.calls, [
    {
      operation: 'GenerateDataKey',
      keyId: KEY,
      encryptionContext: context,
      accessKeyId: 'AKTEST',
    },
  ]);
  assert.deepEqual(kms.decrypt(key.cipherTextBlob, context), key.plaintext);
  const others = { ...context, 'aws:ssm:TargetId': 'i-other' };
  assert.throws(() => kms.decrypt(key.cipherTextBlob, others));
  assert.throws(() => kms.decrypt(key.cipherTextBlob, {}));
});

it("the agent's challenge is part of the context", async (t) => {
  const kms = createKmsApi();
  kms.setKey(KEY, 'enabled');
  const port = await serve(t, kms.listener);
  const aws = awsFor(t, { AWS_ENDPOINT_URL: `http://127.0.0.1:${port}` });
  const key = await aws.generateDataKey({ ...REQUEST, challenge: 'Y2hhbGxlbmdl' });
  const context = {
    'aws:ssm:SessionId': SESSION,
    'aws:ssm:TargetId': REQUEST.targetId,
    'aws:ssm:RandomChallenge': 'Y2hhbGxlbmdl',
  };
  assert.deepEqual(kms.decrypt(key.cipherTextBlob, context), key.plaintext);
});

it('a key that cannot be used is reported with the key and what to do', async (t) => {
  const kms = createKmsApi();
  const port = await serve(t, kms.listener);
  const aws = awsFor(t, { AWS_ENDPOINT_URL_KMS: `http://127.0.0.1:${port}` });
  const rejects = (reason: AwsErrorReason, ...more: RegExp[]): Promise<void> =>
    assert.rejects(
      aws.generateDataKey(REQUEST),
      failsWith(reason, /^Cannot encrypt the session: /, ...more),
    );
  await rejects('not-found', /there is no KMS key alias\/sessions\. /);
  kms.setKey(KEY, 'denied');
  await rejects(
    'access-denied',
    /user\/local is not allowed to use kms:GenerateDataKey on alias\/sessions\. /,
  );
  kms.setKey(KEY, 'disabled');
  await rejects('kms-key-disabled', /the KMS key alias\/sessions is disabled\. /);
  kms.setKey(KEY, 'pending-deletion');
  await rejects('kms-key-unusable', /pending deletion/);
});

it('without credentials the error names what they are needed for, and how to get them', async (t) => {
  const env = { AWS_ACCESS_KEY_ID: '', AWS_PROFILE: 'absent' };
  await assert.rejects(
    awsFor(t, env).generateDataKey(REQUEST),
    failsWith(
      'no-credentials',
      /^This session is encrypted with the KMS key alias\/sessions, and AWS credentials are needed for that\. There is no profile absent .* run `aws configure list-profiles`\.$/,
    ),
  );
});
