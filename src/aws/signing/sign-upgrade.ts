import { createHash, createHmac } from 'node:crypto';
import { SignatureV4 } from '@smithy/signature-v4';
import type { AwsCredentials } from '../credentials/credentials.ts';

/** Name of the message gateway in the credential scope. */
const SERVICE = 'ssmmessages';

/** What a signature depends on. */
export interface UpgradeSignature {
  /** The WebSocket's URL exactly as it is connected to. */
  readonly url: string;
  readonly region: string;
  readonly credentials: AwsCredentials;
  /** Milliseconds since the epoch. */
  readonly now: number;
}

/**
 * Signs the upgrade request of a WebSocket with AWS Signature Version 4: a GET with an empty body
 * (docs/design/protocol.md#signed-upgrade).
 *
 * @returns the headers to add: `authorization`, `x-amz-date`, `x-amz-content-sha256` and, with temporary
 *   credentials, `x-amz-security-token`; `host` is signed and must be sent as it is in the URL. Never log
 *   them.
 */
export async function signUpgrade(
  signature: UpgradeSignature,
): Promise<Readonly<Record<string, string>>> {
  const url = new URL(signature.url);
  const signer = new SignatureV4({
    service: SERVICE,
    region: signature.region,
    credentials: signature.credentials,
    sha256: Sha256,
  });
  const signed = await signer.sign(
    {
      method: 'GET',
      protocol: url.protocol,
      hostname: url.hostname,
      path: url.pathname,
      query: queryOf(url),
      headers: { host: url.host },
    },
    { signingDate: new Date(signature.now) },
  );
  return Object.fromEntries(Object.entries(signed.headers).filter(([name]) => name !== 'host'));
}

function queryOf(url: URL): Record<string, string | string[]> {
  // The names are the caller's: assigned one by one, `__proto__` would set the object's prototype.
  return Object.fromEntries(
    [...new Set(url.searchParams.keys())].map((key) => {
      const values = url.searchParams.getAll(key);
      return [key, values.length === 1 ? (values[0] ?? '') : values];
    }),
  );
}

type Digest = ReturnType<typeof createHash | typeof createHmac>;

/** SHA-256 and, with a secret, HMAC-SHA-256, as the signer expects them. */
class Sha256 {
  readonly #secret: string | Uint8Array | undefined;
  #hash: Digest;

  constructor(secret?: string | ArrayBuffer | ArrayBufferView) {
    this.#secret = secret === undefined || typeof secret === 'string' ? secret : bytesOf(secret);
    this.#hash = this.#start();
  }

  update(data: Uint8Array): void {
    this.#hash.update(data);
  }

  digest(): Promise<Uint8Array> {
    return Promise.resolve(this.#hash.digest());
  }

  reset(): void {
    this.#hash = this.#start();
  }

  #start(): Digest {
    return this.#secret === undefined ? createHash('sha256') : createHmac('sha256', this.#secret);
  }
}

function bytesOf(source: ArrayBuffer | ArrayBufferView): Uint8Array {
  return ArrayBuffer.isView(source)
    ? new Uint8Array(source.buffer, source.byteOffset, source.byteLength)
    : new Uint8Array(source);
}
