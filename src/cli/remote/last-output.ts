import { Writable } from 'node:stream';

/** Bytes of output that are kept: some lines of an error. */
const KEPT_ERROR_BYTES = 4096;

/** A stream that keeps only the end of what is written to it. */
export interface LastOutput {
  readonly stream: Writable;
  /** Foreign text. */
  readonly text: string;
}

/**
 * Creates a stream that never is full.
 *
 * @param onOutput - called after each output
 */
export function createLastOutput(onOutput?: () => void): LastOutput {
  let kept = Buffer.alloc(0);
  return {
    stream: new Writable({
      write(bytes: Buffer, _encoding, done) {
        kept = Buffer.concat([kept, bytes]).subarray(-KEPT_ERROR_BYTES);
        onOutput?.();
        done();
      },
    }),
    get text() {
      return kept.toString('utf8');
    },
  };
}
