import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import { it, type TestContext } from 'node:test';
import { createKmsApi } from '../../local-aws/api/kms-api.ts';
import { createAuthority } from '../../network/certificate-authority.ts';
import { listen, NOT_LOOPBACK, serve } from '../../network/local-server.ts';
import { startTinyproxy } from '../../network/tinyproxy.ts';
import { temporaryDirectory } from '../../support/temporary-directory.ts';
import { homeWith } from '../aws-files.ts';
import { failsWith, KEY, REQUEST, awsFor, SESSION, ssmApi } from '../test-aws.ts';
import { needs } from '../../support/require-tools.ts';
import { OPENSSL, TINYPROXY } from '../../support/tools.ts';

/** A proxy that records its destinations, and refuses. */
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
  it(`the regional endpoints of ${region} with ${JSON.stringify(env)} are ${ssm} and ${kms}`, async (t) => {
    const proxy = await startRefusingProxy(t);
    const aws = awsFor(t, { ...env, HTTPS_PROXY: proxy.url }, '', region);
    const refused = failsWith('network', /HTTPS_PROXY/, /403/);
    await assert.rejects(aws.resumeSession(SESSION), refused);
    await assert.rejects(aws.generateDataKey(REQUEST), refused);
    assert.deepEqual(proxy.asked, [`${ssm}:443`, `${kms}:443`]);
  });
}

it('the endpoints of the profile are called', async (t) => {
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
  const aws = awsFor(t, { HOME: home, AWS_PROFILE: 'p', AWS_ACCESS_KEY_ID: '' });
  assert.equal((await aws.resumeSession(SESSION)).tokenValue, 'token');
  await aws.generateDataKey(REQUEST);
  assert.equal(kms.calls[0]?.accessKeyId, 'AKPROFILE');
});

it(
  'an https endpoint is called through the proxy, and verified',
  needs(OPENSSL, TINYPROXY),
  async (t) => {
    const authority = createAuthority(temporaryDirectory(t), 'Private Test Root');
    const api = ssmApi(200, { SessionId: SESSION, TokenValue: 'token' });
    const port = await serve(t, api.listener, authority.issue([`IP:${NOT_LOOPBACK}`]));
    const proxy = await startTinyproxy(t);
    const env = { HTTPS_PROXY: `http://127.0.0.1:${proxy.port}`, AWS_CA_BUNDLE: authority.file };
    const endpoint = `https://${NOT_LOOPBACK}:${port}`;
    assert.equal((await awsFor(t, env, endpoint).resumeSession(SESSION)).tokenValue, 'token');
    assert.deepEqual(proxy.requests, [`CONNECT ${NOT_LOOPBACK}:${port}`]);
    await assert.rejects(
      awsFor(t, { ...env, AWS_CA_BUNDLE: '' }, endpoint).resumeSession(SESSION),
      failsWith(
        'tls',
        /^Cannot resume the session/,
        /0\.0\.0\.0/,
        /Private Test Root/,
        /AWS_CA_BUNDLE/,
      ),
    );
  },
);

it(
  'an http endpoint is called through the proxy, too, with its user',
  needs(TINYPROXY),
  async (t) => {
    const api = ssmApi(200, { SessionId: SESSION, TokenValue: 'token' });
    const port = await serve(t, api.listener);
    const proxy = await startTinyproxy(t, { name: 'user', password: 'password' });
    const endpoint = `http://${NOT_LOOPBACK}:${port}`;
    const env = { HTTP_PROXY: `http://user:password@127.0.0.1:${proxy.port}` };
    assert.equal((await awsFor(t, env, endpoint).resumeSession(SESSION)).tokenValue, 'token');
    assert.deepEqual(proxy.requests, [`POST ${endpoint}/`]);
    const exempt = { ...env, NO_PROXY: NOT_LOOPBACK };
    assert.equal((await awsFor(t, exempt, endpoint).resumeSession(SESSION)).tokenValue, 'token');
    assert.equal(proxy.requests.length, 1);
  },
);
