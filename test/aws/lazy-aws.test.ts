import assert from 'node:assert/strict';
import { registerHooks } from 'node:module';
import { describe, it } from 'node:test';
import { createKmsApi } from '../local-aws/api/kms-api.ts';
import { serve } from '../network/local-server.ts';
import { awsFor, KEY, REQUEST, SESSION, ssmApi } from './test-aws.ts';

/** Modules that import a part of the AWS SDK, and clients of it, as they are loaded. */
const loaded: string[] = [];
registerHooks({
  resolve: (specifier, context, next) => {
    const name = /(?:@aws-sdk\/|\/)(client-\w+|\w+-part)(?:\.ts)?$/.exec(specifier)?.[1];
    if (name !== undefined && !loaded.includes(name)) loaded.push(name);
    return next(specifier, context);
  },
});

describe('the AWS SDK', () => {
  it('is loaded by the first call, and only the part that the call needs', async (t) => {
    const kms = createKmsApi();
    kms.setKey(KEY, 'enabled');
    const kmsPort = await serve(t, kms.listener);
    const api = ssmApi(200, { SessionId: SESSION, TokenValue: 'token', Status: 'connected' });
    const endpoint = `http://127.0.0.1:${await serve(t, api.listener)}`;
    const env = { AWS_ENDPOINT_URL_KMS: `http://127.0.0.1:${kmsPort}` };

    const command = awsFor(t, env, endpoint);
    assert.equal((await command.credentials()).accessKeyId, 'AKTEST');
    assert.equal(loaded.length, 0);

    assert.equal(await command.isConnected('i-0123456789abcdef0'), true);
    await command.terminateSession(SESSION);
    assert.ok(loaded.includes('command-part'));
    assert.ok(!loaded.includes('session-part'));

    const session = awsFor(t, env, endpoint);
    await session.terminateSession(SESSION);
    assert.ok(loaded.includes('session-part'));
    assert.equal((await session.resumeSession(SESSION)).tokenValue, 'token');
    assert.equal((await session.generateDataKey(REQUEST)).plaintext.length, 64);
    assert.deepEqual(
      api.calls.map((call) => call.split(' ')[0]),
      [
        'AmazonSSM.GetConnectionStatus',
        'AmazonSSM.TerminateSession',
        'AmazonSSM.TerminateSession',
        'AmazonSSM.ResumeSession',
      ],
    );
  });
});
