import { createCipheriv, createDecipheriv } from 'node:crypto';
import { ProtocolError } from '../../protocol/protocol-error.ts';

const ALGORITHM = 'aes-256-gcm';
/** Each direction has half of the data key. */
const KEY_BYTES = 32;
const NONCE_BYTES = 12;
const TAG_BYTES = 16;

/** Encrypts and decrypts payloads as `nonce || ciphertext || tag`. */
export interface PayloadCipher {
  encrypt(plaintext: Buffer): Buffer;
  /** @throws ProtocolError `payload-malformed` when it was not encrypted with this key */
  decrypt(sealed: Buffer): Buffer;
}

/**
 * AES-256-GCM with a random nonce for each payload (docs/design/protocol.md#encryption).
 *
 * @param dataKey - 64 bytes; the client decrypts with the first 32 and encrypts with the last 32
 * @param fillRandom - fills a buffer with cryptographically strong random bytes
 */
export function createPayloadCipher(
  dataKey: Buffer,
  fillRandom: (buffer: Buffer) => void,
): PayloadCipher {
  const decryptionKey = dataKey.subarray(0, KEY_BYTES);
  const encryptionKey = dataKey.subarray(KEY_BYTES, 2 * KEY_BYTES);
  return {
    encrypt(plaintext) {
      const nonce = Buffer.alloc(NONCE_BYTES);
      fillRandom(nonce);
      const cipher = createCipheriv(ALGORITHM, encryptionKey, nonce);
      return Buffer.concat([nonce, cipher.update(plaintext), cipher.final(), cipher.getAuthTag()]);
    },
    decrypt(sealed) {
      if (sealed.length < NONCE_BYTES + TAG_BYTES) {
        throw new ProtocolError('payload-malformed', `encrypted payload of ${sealed.length} bytes`);
      }
      const tagOffset = sealed.length - TAG_BYTES;
      const decipher = createDecipheriv(ALGORITHM, decryptionKey, sealed.subarray(0, NONCE_BYTES), {
        authTagLength: TAG_BYTES,
      });
      decipher.setAuthTag(sealed.subarray(tagOffset));
      try {
        return Buffer.concat([
          decipher.update(sealed.subarray(NONCE_BYTES, tagOffset)),
          decipher.final(),
        ]);
      } catch {
        throw new ProtocolError('payload-malformed', 'encrypted payload does not match its tag');
      }
    },
  };
}
