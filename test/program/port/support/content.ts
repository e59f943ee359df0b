import { createCipheriv, createHash } from 'node:crypto';

/** Bytes that look random: the same for the same seed, different for another one. */
export interface Content {
  readonly seed: number;
  readonly bytes: number;
}

const CHUNK_BYTES = 64 * 1024;
const COUNTER_BYTES = 16;

/** The content, in chunks: the key stream of a cipher is the fastest generator. */
export function* chunksOf(content: Content): Generator<Buffer> {
  const key = createHash('sha256').update(`content ${content.seed}`).digest();
  const cipher = createCipheriv('aes-256-ctr', key, Buffer.alloc(COUNTER_BYTES));
  const zeros = Buffer.alloc(CHUNK_BYTES);
  for (let left = content.bytes; left > 0; left -= CHUNK_BYTES) {
    yield cipher.update(left < CHUNK_BYTES ? zeros.subarray(0, left) : zeros);
  }
}

/** The content in one piece; for small contents. */
export function bytesOf(content: Content): Buffer {
  return Buffer.concat([...chunksOf(content)]);
}

/** Bytes and SHA-256, comparable and short to show: `5 bytes, sha256 2cf24d…`. */
export function fingerprintOf(content: Content): string {
  const fingerprint = createFingerprint();
  for (const chunk of chunksOf(content)) fingerprint.update(chunk);
  return fingerprint.result();
}

/** A fingerprint of bytes that arrive in chunks. */
export interface Fingerprint {
  update(bytes: Buffer): void;
  /** Of all bytes. Called last. */
  result(): string;
}

export function createFingerprint(): Fingerprint {
  const hash = createHash('sha256');
  let bytes = 0;
  return {
    update(chunk) {
      hash.update(chunk);
      bytes += chunk.length;
    },
    result: () => `${bytes} bytes, sha256 ${hash.digest('hex')}`,
  };
}

/** The fingerprint of one buffer. */
export function fingerprintOfBytes(bytes: Buffer): string {
  const fingerprint = createFingerprint();
  fingerprint.update(bytes);
  return fingerprint.result();
}
