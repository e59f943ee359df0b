import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';

const ALGORITHM = 'aes-256-gcm';
const KEY_BYTES = 32;
const NONCE_BYTES = 12;
const TAG_BYTES = 16;

/** Encrypts and decrypts payloads: nonce, cipher text, tag (docs/design/protocol.md#encryption). */
export interface PayloadCipher {
  encrypt(plain: Buffer): Buffer;
  /** Throws when the payload was not made with the session's key. */
  decrypt(sealed: Buffer): Buffer;
}

/**
 * The agent's half: it encrypts with the first 32 bytes of the data key, with which the client
 * decrypts, and decrypts with the last 32.
 *
 * @param dataKey - 64 bytes
 */
export function createAgentCipher(dataKey: Buffer): PayloadCipher {
  if (dataKey.length !== 2 * KEY_BYTES) {
    throw new RangeError(`a data key of ${dataKey.length} bytes`);
  }
  const outgoingKey = dataKey.subarray(0, KEY_BYTES);
  const incomingKey = dataKey.subarray(KEY_BYTES);
  return {
    encrypt(plain) {
      const nonce = randomBytes(NONCE_BYTES);
      const cipher = createCipheriv(ALGORITHM, outgoingKey, nonce);
      const sealed = [nonce, cipher.update(plain), cipher.final()];
      return Buffer.concat([...sealed, cipher.getAuthTag()]);
    },
    decrypt(sealed) {
      if (sealed.length < NONCE_BYTES + TAG_BYTES) {
        throw new RangeError(`an encrypted payload of ${sealed.length} bytes`);
      }
      const nonce = sealed.subarray(0, NONCE_BYTES);
      const decipher = createDecipheriv(ALGORITHM, incomingKey, nonce);
      decipher.setAuthTag(sealed.subarray(sealed.length - TAG_BYTES));
      const body = sealed.subarray(NONCE_BYTES, sealed.length - TAG_BYTES);
      return Buffer.concat([decipher.update(body), decipher.final()]);
    },
  };
}
