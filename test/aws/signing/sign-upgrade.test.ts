import { SignatureV4 } from '@smithy/signature-v4';
import assert from 'node:assert/strict';
import { createHash, createHmac } from 'node:crypto';
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
  it(`the signature of ${url} is the one its receiver computes`, () => {
    const { host, pathname, search } = new URL(url);
    const signed = signUpgrade({
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

/** SHA-256 and, with a secret, HMAC-SHA-256, as the signer of the AWS SDK expects them. */
class Sha256 {
  readonly #hash: ReturnType<typeof createHash | typeof createHmac>;

  constructor(secret?: string | ArrayBuffer | ArrayBufferView) {
    this.#hash =
      secret === undefined
        ? createHash('sha256')
        : createHmac('sha256', typeof secret === 'string' ? secret : bytesOf(secret));
  }

  update(data: Uint8Array): void {
    this.#hash.update(data);
  }

  digest(): Promise<Uint8Array> {
    return Promise.resolve(this.#hash.digest());
  }

  reset(): void {
    throw new Error('not needed');
  }
}

function bytesOf(source: ArrayBuffer | ArrayBufferView): Uint8Array {
  return ArrayBuffer.isView(source)
    ? new Uint8Array(source.buffer, source.byteOffset, source.byteLength)
    : new Uint8Array(source);
}

for (const url of [...URLS, `${BASE}//a/?_=1&a%20b=c+d&a%2Bb=1&a=z&a=y`, `${BASE}?=1&a=%FF`]) {
  it(`the headers for ${url} are those of the AWS SDK, in its order`, async () => {
    const { protocol, hostname, pathname, host, searchParams } = new URL(url);
    for (const sessionToken of [undefined, '', 'FwoGZXIvYXdzEBYaD//token==']) {
      const credentials = {
        ...CREDENTIALS,
        ...(sessionToken === undefined ? {} : { sessionToken }),
      };
      const request = { url, region: 'eu-west-1', credentials, now: NOW };
      const signer = new SignatureV4({ ...request, service: 'ssmmessages', sha256: Sha256 });
      const { headers } = await signer.sign(
        {
          method: 'GET',
          protocol,
          hostname,
          path: pathname,
          query: Object.fromEntries(
            [...searchParams.keys()].map((name) => [name, searchParams.getAll(name)]),
          ),
          headers: { host },
        },
        { signingDate: new Date(NOW) },
      );
      assert.deepEqual(Object.entries({ host, ...signUpgrade(request) }), Object.entries(headers));
    }
  });
}

it('the scope names the day, the region and the message gateway', () => {
  const signed = signUpgrade({
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

it('the session token of temporary credentials is sent and signed', () => {
  const credentials = { ...CREDENTIALS, sessionToken: 'FwoGZXIvYXdzEBYaD//token==' };
  const signed = signUpgrade({ url: BASE, region: 'eu-west-1', credentials, now: NOW });
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
  const headers = signUpgrade({
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
