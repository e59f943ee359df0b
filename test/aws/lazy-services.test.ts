import assert from 'node:assert/strict';
import { test } from 'node:test';
import { lazyAwsServices } from '../../src/aws/lazy-services.ts';
import { createKmsApi } from '../local-aws/api/kms-api.ts';
import { serve } from '../network/local-server.ts';
import { KEY, optionsFor, REQUEST, SESSION, ssmApi } from './test-services.ts';

test('the calls that load the SDK first give the same', async (t) => {
  const kms = createKmsApi();
  kms.setKey(KEY, 'enabled');
  const kmsPort = await serve(t, kms.listener);
  const api = ssmApi(200, { SessionId: SESSION, TokenValue: 'token' });
  const endpoint = `http://127.0.0.1:${await serve(t, api.listener)}`;
  const env = { AWS_ENDPOINT_URL_KMS: `http://127.0.0.1:${kmsPort}` };
  const lazy = lazyAwsServices(optionsFor(t, env, endpoint, 'eu-west-1'));
  assert.equal((await lazy.resumeSession(SESSION)).tokenValue, 'token');
  await lazy.terminateSession(SESSION);
  assert.equal((await lazy.generateDataKey(REQUEST)).plaintext.length, 64);
  assert.equal((await lazy.credentials()).accessKeyId, 'AKTEST');
  assert.deepEqual(
    api.calls.map((call) => call.split(' ')[0]),
    ['AmazonSSM.ResumeSession', 'AmazonSSM.TerminateSession'],
  );
});
