import { isUtf8 } from 'node:buffer';

/** Bytes of one read of the agent, with its prefix. */
export const READ_BYTES = 1024;
/** The longest character in UTF-8 (RFC 3629, section 3). */
const LONGEST_CHARACTER_BYTES = 4;
/** U+FFFD, which the agent confuses with bytes that are no UTF-8. */
const REPLACEMENT = Buffer.from([0xef, 0xbf, 0xbd]);

/** Makes payloads of what the agent reads (docs/design/agent.md#text). */
export interface TextOutput {
  /**
   * @param read - what one read has given
   * @param prefix - is put before it, and after the rest of the last read
   * @returns the payload; empty when there is nothing to send
   */
  take(read: Buffer, prefix?: Buffer): Buffer;
}

/** Bytes as the agent reads them, at most this many at a time. */
export function* readsOf(bytes: Buffer, most = READ_BYTES): Generator<Buffer> {
  for (let offset = 0; offset < bytes.length; offset += most) {
    yield bytes.subarray(offset, offset + most);
  }
}

/**
 * Cuts output where characters end, as the agent does (`processStdoutData`): bytes that are no UTF-8 pass
 * one by one, unless they are among the last three of a read; then they, and what follows them, wait for
 * the next read, and are lost without one. Of a literal U+FFFD only the first byte passes.
 */
export function createTextOutput(): TextOutput {
  let rest: Buffer = Buffer.alloc(0);
  return {
    take(read, prefix = Buffer.alloc(0)) {
      const bytes = Buffer.concat([rest, prefix, read]);
      if (isUtf8(bytes) && !bytes.includes(REPLACEMENT)) {
        rest = Buffer.alloc(0);
        return bytes;
      }
      const passed: Buffer[] = [];
      let at = 0;
      while (at < bytes.length) {
        const length = characterLength(bytes, at);
        if (length !== undefined) {
          passed.push(bytes.subarray(at, at + length));
          at += length;
          continue;
        }
        if (bytes.length - at < LONGEST_CHARACTER_BYTES) break;
        passed.push(bytes.subarray(at, at + 1));
        at += isReplacement(bytes, at) ? REPLACEMENT.length : 1;
      }
      rest = bytes.subarray(at);
      return Buffer.concat(passed);
    },
  };
}

function isReplacement(bytes: Buffer, at: number): boolean {
  return bytes.subarray(at, at + REPLACEMENT.length).equals(REPLACEMENT);
}

/** @returns undefined for bytes that are no UTF-8, and for U+FFFD */
function characterLength(bytes: Buffer, at: number): number | undefined {
  if (isReplacement(bytes, at)) return undefined;
  for (let length = 1; length <= LONGEST_CHARACTER_BYTES; length++) {
    const character = bytes.subarray(at, at + length);
    // Whatever is no UTF-8 is decoded as U+FFFD, which is three bytes again.
    if (character.equals(Buffer.from(character.toString('utf8')))) return character.length;
  }
  return undefined;
}
