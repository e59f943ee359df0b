import assert from 'node:assert/strict';
import { createServer, type RequestListener } from 'node:http';
import { test, type TestContext } from 'node:test';
import { isAwsError, type AwsErrorReason } from '../../src/aws/aws-error.ts';
import { createAwsServices } from '../../src/aws/index.ts';
import { lazyAwsServices } from '../../src/aws/lazy-services.ts';
import type { AwsServices, AwsServicesOptions } from '../../src/aws/services.ts';
import { systemClock } from '../../src/clock.ts';
import { silentLogger } from '../../src/logging/logger.ts';
import { accessKeyIdOf, answerJson, readBody } from '../local-aws/json-request.ts';
import { createKmsApi } from '../local-aws/kms-api.ts';
import { createAuthority } from '../network/certificate-authority.ts';
import { listen, serve } from '../network/local-server.ts';
import { temporaryDirectory } from '../network/temporary-directory.ts';
import { networkFor } from '../network/test-network.ts';
import { startTinyproxy } from '../network/tinyproxy.ts';
import { homeWith } from './aws-files.ts';

const KEYS = { AWS_ACCESS_KEY_ID: 'AKTEST', AWS_SECRET_ACCESS_KEY: 'test-secret' };
const SESSION = 'someone-0123456789abcdef0';
const KEY = 'alias/sessions';
const REQUEST = {
  kmsKeyId: KEY,
  sessionId: SESSION,
  targetId: 'i-0123456789abcdef0',
  challenge: undefined,
};

function services(
  t: TestContext,
  env: Readonly<Record<string, string>>,
  endpoint = '',
  region = 'eu-west-1',
): AwsServices {
  return createAwsServices(optionsFor(t, env, endpoint, region));
}

function optionsFor(
  t: TestContext,
  env: Readonly<Record<string, string>>,
  endpoint: string,
  region: string,
): AwsServicesOptions {
  const whole = { HOME: homeWith(t, {}), ...KEYS, ...env };
  return {
    region,
    profile: '',
    endpoint,
    env: whole,
    network: networkFor(t, { env: whole }),
    logger: silentLogger,
    clock: systemClock,
  };
}

function failsWith(reason: AwsErrorReason, ...words: readonly RegExp[]) {
  return (error: unknown): boolean => {
    assert.ok(isAwsError(error), String(error));
    assert.equal(error.reason, reason, error.message);
    for (const word of words) assert.match(error.message, word);
    assert.doesNotMatch(error.message, /test-secret|\n/);
    return true;
  };
}

/** The part of the SSM API that sessions need, with one answer to everything. */
function ssmApi(
  status: number,
  body: object,
): { readonly listener: RequestListener; readonly calls: string[] } {
  const calls: string[] = [];
  return {
    calls,
    listener: (request, response) => {
      void readBody(request).then((text) => {
        const target = String(request.headers['x-amz-target']);
        calls.push(`${target} ${accessKeyIdOf(request)} ${text}`);
        answerJson(response, status, body, 'application/x-amz-json-1.1');
      });
    },
  };
}

test('a data key has 64 bytes, and its encrypted form only decrypts in its context', async (t) => {
  const kms = createKmsApi();
  kms.setKey(KEY, 'enabled');
  const port = await serve(t, kms.listener);
  const aws = services(t, { AWS_ENDPOINT_URL_KMS: `http://127.0.0.1:${port}` });
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

test("the agent's challenge is part of the context", async (t) => {
  const kms = createKmsApi();
  kms.setKey(KEY, 'enabled');
  const port = await serve(t, kms.listener);
  const aws = services(t, { AWS_ENDPOINT_URL: `http://127.0.0.1:${port}` });
  const key = await aws.generateDataKey({ ...REQUEST, challenge: 'Y2hhbGxlbmdl' });
  const context = {
    'aws:ssm:SessionId': SESSION,
    'aws:ssm:TargetId': REQUEST.targetId,
    'aws:ssm:RandomChallenge': 'Y2hhbGxlbmdl',
  };
  assert.deepEqual(kms.decrypt(key.cipherTextBlob, context), key.plaintext);
});

test('a key that cannot be used is told in a sentence with the action and the key', async (t) => {
  const kms = createKmsApi();
  const port = await serve(t, kms.listener);
  const aws = services(t, { AWS_ENDPOINT_URL_KMS: `http://127.0.0.1:${port}` });
  const words = [/kms:GenerateDataKey/, /alias\/sessions/];
  const rejects = (reason: AwsErrorReason, ...more: RegExp[]): Promise<void> =>
    assert.rejects(aws.generateDataKey(REQUEST), failsWith(reason, ...words, ...more));
  await rejects('not-found');
  kms.setKey(KEY, 'denied');
  await rejects('access-denied', /user\/somebody is not authorized/);
  kms.setKey(KEY, 'disabled');
  await rejects('kms-key-disabled', /disabled/);
  kms.setKey(KEY, 'pending-deletion');
  await rejects('kms-key-unusable', /pending deletion/);
});

test('without credentials the call says so, with the action and the key', async (t) => {
  const env = { AWS_ACCESS_KEY_ID: '', AWS_PROFILE: 'absent' };
  await assert.rejects(
    services(t, env).generateDataKey(REQUEST),
    failsWith('no-credentials', /kms:GenerateDataKey/, /alias\/sessions/, /profile absent/),
  );
});

test('ResumeSession gives a token and a URL, at the endpoint of the caller', async (t) => {
  const api = ssmApi(200, { SessionId: SESSION, TokenValue: 'token', StreamUrl: 'wss://x' });
  const port = await serve(t, api.listener);
  const env = { AWS_ENDPOINT_URL_SSM: 'http://127.0.0.1:1' };
  const resumed = await services(t, env, `http://127.0.0.1:${port}`).resumeSession(SESSION);
  assert.deepEqual(resumed, { tokenValue: 'token', streamUrl: 'wss://x' });
  assert.deepEqual(api.calls, [`AmazonSSM.ResumeSession AKTEST {"SessionId":"${SESSION}"}`]);
});

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

test('a session that is over has no token', async (t) => {
  const api = ssmApi(200, { SessionId: SESSION, TokenValue: null });
  const port = await serve(t, api.listener);
  assert.deepEqual(await services(t, {}, `http://127.0.0.1:${port}`).resumeSession(SESSION), {
    tokenValue: '',
    streamUrl: '',
  });
});

test('TerminateSession ends the session', async (t) => {
  const api = ssmApi(200, { SessionId: SESSION });
  const port = await serve(t, api.listener);
  await services(t, { AWS_ENDPOINT_URL_SSM: `http://127.0.0.1:${port}` }).terminateSession(SESSION);
  assert.deepEqual(api.calls, [`AmazonSSM.TerminateSession AKTEST {"SessionId":"${SESSION}"}`]);
});

test('a refused call of SSM names the action and the session', async (t) => {
  const cases = [
    ['ExpiredTokenException', 'expired-credentials'],
    ['AccessDeniedException', 'access-denied'],
    ['DoesNotExistException', 'not-found'],
  ] as const;
  for (const [type, reason] of cases) {
    const port = await serve(t, ssmApi(400, { __type: type, message: 'why' }).listener);
    await assert.rejects(
      services(t, {}, `http://127.0.0.1:${port}`).resumeSession(SESSION),
      failsWith(reason, /ssm:ResumeSession/, new RegExp(SESSION)),
    );
  }
});

test('a failing service is asked again, as the SDK does', async (t) => {
  const api = ssmApi(500, { __type: 'InternalServerError', message: 'why' });
  const port = await serve(t, api.listener);
  await assert.rejects(
    services(t, {}, `http://127.0.0.1:${port}`).resumeSession(SESSION),
    failsWith('service', /ssm:ResumeSession/),
  );
  assert.equal(api.calls.length, 3);
});

test('a service that is not there is told with its host', async (t) => {
  await assert.rejects(
    services(t, {}, 'http://127.0.0.1:9').resumeSession(SESSION),
    failsWith('network', /ssm:ResumeSession/, /127\.0\.0\.1/, /refused/),
  );
});

/** A proxy that notes where it is to lead, and refuses. */
async function startRefusingProxy(
  t: TestContext,
): Promise<{ readonly url: string; readonly asked: readonly string[] }> {
  const asked: string[] = [];
  const server = createServer().on('connect', (request, socket) => {
    asked.push(request.url ?? '');
    socket.end('HTTP/1.1 403 Forbidden\r\n\r\n');
  });
  return { url: `http://127.0.0.1:${await listen(t, server)}`, asked };
}

for (const [env, region, ssm, kms] of [
  [{}, 'eu-west-1', 'ssm.eu-west-1.amazonaws.com', 'kms.eu-west-1.amazonaws.com'],
  [{}, 'cn-north-1', 'ssm.cn-north-1.amazonaws.com.cn', 'kms.cn-north-1.amazonaws.com.cn'],
  [
    { AWS_USE_FIPS_ENDPOINT: 'true' },
    'us-east-1',
    'ssm-fips.us-east-1.amazonaws.com',
    'kms-fips.us-east-1.amazonaws.com',
  ],
  [
    { AWS_USE_DUALSTACK_ENDPOINT: 'true' },
    'eu-west-1',
    'ssm.eu-west-1.api.aws',
    'kms.eu-west-1.api.aws',
  ],
] as const) {
  test(`the regional endpoints of ${region} with ${JSON.stringify(env)} are ${ssm} and ${kms}`, async (t) => {
    const proxy = await startRefusingProxy(t);
    const aws = services(t, { ...env, HTTPS_PROXY: proxy.url }, '', region);
    const refused = failsWith('network', /HTTPS_PROXY/, /403/);
    await assert.rejects(aws.resumeSession(SESSION), refused);
    await assert.rejects(aws.generateDataKey(REQUEST), refused);
    assert.deepEqual(proxy.asked, [`${ssm}:443`, `${kms}:443`]);
  });
}

test('the endpoints of the profile are called', async (t) => {
  const kms = createKmsApi();
  kms.setKey(KEY, 'enabled');
  const api = ssmApi(200, { SessionId: SESSION, TokenValue: 'token' });
  const kmsPort = await serve(t, kms.listener);
  const ssmPort = await serve(t, api.listener);
  const config =
    '[profile p]\nservices = local\naws_access_key_id = AKPROFILE\naws_secret_access_key = s\n' +
    `[services local]\nssm =\n  endpoint_url = http://127.0.0.1:${ssmPort}\n` +
    `kms =\n  endpoint_url = http://127.0.0.1:${kmsPort}\n`;
  const home = homeWith(t, { '.aws/config': config });
  const aws = services(t, { HOME: home, AWS_PROFILE: 'p', AWS_ACCESS_KEY_ID: '' });
  assert.equal((await aws.resumeSession(SESSION)).tokenValue, 'token');
  await aws.generateDataKey(REQUEST);
  assert.equal(kms.calls[0]?.accessKeyId, 'AKPROFILE');
});

// The unspecified address leads to this machine and is still not its loopback, which no proxy is
// asked for.
const NOT_LOOPBACK = '0.0.0.0';

test('an https endpoint is called through the proxy, and verified', async (t) => {
  const authority = createAuthority(temporaryDirectory(t), 'Private Test Root');
  const api = ssmApi(200, { SessionId: SESSION, TokenValue: 'token' });
  const port = await serve(t, api.listener, authority.issue([`IP:${NOT_LOOPBACK}`]));
  const proxy = await startTinyproxy(t);
  const env = { HTTPS_PROXY: `http://127.0.0.1:${proxy.port}`, AWS_CA_BUNDLE: authority.file };
  const endpoint = `https://${NOT_LOOPBACK}:${port}`;
  assert.equal((await services(t, env, endpoint).resumeSession(SESSION)).tokenValue, 'token');
  assert.deepEqual(proxy.requests, [`CONNECT ${NOT_LOOPBACK}:${port}`]);
  await assert.rejects(
    services(t, { ...env, AWS_CA_BUNDLE: '' }, endpoint).resumeSession(SESSION),
    failsWith('tls', /ssm:ResumeSession/, /0\.0\.0\.0/, /Private Test Root/, /AWS_CA_BUNDLE/),
  );
});

test('an http endpoint is called through the proxy, too, with its user', async (t) => {
  const api = ssmApi(200, { SessionId: SESSION, TokenValue: 'token' });
  const port = await serve(t, api.listener);
  const proxy = await startTinyproxy(t, { name: 'somebody', password: 'password' });
  const endpoint = `http://${NOT_LOOPBACK}:${port}`;
  const env = { HTTP_PROXY: `http://somebody:password@127.0.0.1:${proxy.port}` };
  assert.equal((await services(t, env, endpoint).resumeSession(SESSION)).tokenValue, 'token');
  assert.deepEqual(proxy.requests, [`POST ${endpoint}/`]);
  const exempt = { ...env, NO_PROXY: NOT_LOOPBACK };
  assert.equal((await services(t, exempt, endpoint).resumeSession(SESSION)).tokenValue, 'token');
  assert.equal(proxy.requests.length, 1);
});
