import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { it } from 'node:test';
import { WebSocket, WebSocketServer } from 'ws';
import { signUpgrade } from '../../../src/aws/signing/sign-upgrade.ts';
import { expectedAuthorization } from './naive-signature.ts';

const NOW = Date.UTC(2024, 1, 29, 23, 59, 58);
const CREDENTIALS = { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'wJalrXUtnFEMI/K7MDENG+bPx' };
const BASE = 'wss://ssmmessages.eu-west-1.amazonaws.com/v1/data-channel/someone-0123456789abcdef0';

const URLS = [
  BASE,
  `${BASE}?role=publish_subscribe`,
  `${BASE}?role=publish_subscribe&cell-number=AAEBAAEC%2F%2Bzz%3D%3D`,
  `${BASE}?b=2&a=1&a=0&B=3&empty=&bare`,
  `${BASE}?constructor=2&toString=1`,
  `${BASE}?q=%E2%82%AC%20and%20~tilde*%27()!`,
  'wss://ssmmessages.eu-west-1.amazonaws.com/v1/data-channel/some%40one%3A1?role=x',
  'wss://vpce-0a1b.ssmmessages.eu-west-1.vpce.amazonaws.com:8443/v1/data-channel/x',
  'ws://127.0.0.1:4566/v1/data-channel/x?role=publish_subscribe',
];

for (const url of URLS) {
  it(`the signature of ${url} is the one its receiver computes`, async () => {
    const { host, pathname, search } = new URL(url);
    const signed = await signUpgrade({
      url,
      region: 'eu-west-1',
      credentials: CREDENTIALS,
      now: NOW,
    });
    assert.equal(
      signed['authorization'],
      expectedAuthorization(
        { method: 'GET', target: pathname + search, headers: { ...signed, host }, body: '' },
        CREDENTIALS.secretAccessKey,
      ),
    );
  });
}

it('the scope names the day, the region and the message gateway', async () => {
  const signed = await signUpgrade({
    url: BASE,
    region: 'us-gov-west-1',
    credentials: CREDENTIALS,
    now: NOW,
  });
  assert.match(
    signed['authorization'] ?? '',
    /Credential=AKIDEXAMPLE\/20240229\/us-gov-west-1\/ssmmessages\/aws4_request/,
  );
  assert.equal(signed['x-amz-date'], '20240229T235958Z');
});

it('the session token of temporary credentials is sent and signed', async () => {
  const credentials = { ...CREDENTIALS, sessionToken: 'FwoGZXIvYXdzEBYaD//token==' };
  const signed = await signUpgrade({ url: BASE, region: 'eu-west-1', credentials, now: NOW });
  assert.equal(signed['x-amz-security-token'], credentials.sessionToken);
  assert.match(signed['authorization'] ?? '', /SignedHeaders=[^,]*x-amz-security-token/);
  const { host, pathname } = new URL(BASE);
  assert.equal(
    signed['authorization'],
    expectedAuthorization(
      { method: 'GET', target: pathname, headers: { ...signed, host }, body: '' },
      CREDENTIALS.secretAccessKey,
    ),
  );
});

it('the signature fits the upgrade request as a WebSocket sends it', async (t) => {
  const server = createServer();
  const gateway = new WebSocketServer({ server });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.after(() => {
    gateway.close();
    server.close();
  });
  const { port } = server.address() as AddressInfo;
  const url = `ws://127.0.0.1:${port}/v1/data-channel/x?role=publish_subscribe&cell=a%2Bb%3D`;
  const headers = await signUpgrade({
    url,
    region: 'eu-west-1',
    credentials: CREDENTIALS,
    now: NOW,
  });
  const socket = new WebSocket(url, { headers });
  const [[, request]] = (await Promise.all([
    once(gateway, 'connection'),
    once(socket, 'open'),
  ])) as unknown as [[WebSocket, IncomingMessage]];
  const received = Object.fromEntries(
    Object.entries(request.headers).map(([name, value]) => [name, String(value)]),
  );
  assert.equal(
    received['authorization'],
    expectedAuthorization(
      { method: 'GET', target: request.url ?? '', headers: received, body: '' },
      CREDENTIALS.secretAccessKey,
    ),
  );
  socket.terminate();
  await once(socket, 'close');
});
