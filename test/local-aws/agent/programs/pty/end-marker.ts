import { randomInt } from 'node:crypto';

const FIRST_BYTE = 0x1e;
const DIGITS = 31;

/** A text that a command's output cannot hold by accident: a record separator and random digits. */
export function newEndMarker(): string {
  const digits = Array.from({ length: DIGITS }, () => String(randomInt(10)));
  return String.fromCharCode(FIRST_BYTE) + digits.join('');
}

/** Takes an end marker out of a stream of bytes. */
export interface EndMarkerFilter {
  /**
   * @returns the bytes before the marker that certainly do not belong to it, and
   *   whether the marker is complete
   */
  push(bytes: Buffer): { readonly output: Buffer; readonly ended: boolean };
  /** Bytes held because they may begin the marker. */
  readonly held: number;
  /** Returns the bytes held: they are output after all. */
  release(): Buffer;
}

const EMPTY = Buffer.alloc(0);

/** Looks for `marker` at the end of what is pushed, however it is cut. */
export function createEndMarkerFilter(marker: string): EndMarkerFilter {
  const wanted = Buffer.from(marker, 'latin1');
  let held: Buffer = EMPTY;
  return {
    push(bytes) {
      const all = held.length === 0 ? bytes : Buffer.concat([held, bytes]);
      // The marker is the last that is written, and its first byte occurs in it only once.
      const start = all.lastIndexOf(FIRST_BYTE);
      const found = start === -1 ? EMPTY : all.subarray(start);
      if (found.length === 0 || !wanted.subarray(0, found.length).equals(found)) {
        held = EMPTY;
        return { output: all, ended: false };
      }
      const ended = found.length === wanted.length;
      held = ended ? EMPTY : found;
      return { output: all.subarray(0, start), ended };
    },
    get held() {
      return held.length;
    },
    release() {
      const released = held;
      held = EMPTY;
      return released;
    },
  };
}
