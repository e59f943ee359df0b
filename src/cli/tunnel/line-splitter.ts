import { Writable } from 'node:stream';

const LINE_FEED = 0x0a;

/**
 * Splits an output, cut anywhere, into lines. Each byte is copied once at most.
 *
 * @param limit - bytes of the longest line. `onLine` gets the beginning of a longer one, and nothing afterwards
 */
export function splitLines(limit: number, onLine: (line: Buffer) => void): Writable {
  let parts: Buffer[] = [];
  let size = 0;
  let isTooLong = false;
  const take = (part: Buffer): Buffer => {
    const line = parts.length === 0 ? part : Buffer.concat([...parts, part]);
    parts = [];
    size = 0;
    return line;
  };
  return new Writable({
    write(chunk: Buffer, _encoding, done) {
      let rest = chunk;
      for (
        let at = rest.indexOf(LINE_FEED);
        at !== -1 && !isTooLong;
        at = rest.indexOf(LINE_FEED)
      ) {
        onLine(take(rest.subarray(0, at)));
        rest = rest.subarray(at + 1);
      }
      if (!isTooLong && rest.length > 0) {
        // A copy, so that a small rest does not keep the whole chunk in memory.
        parts.push(Buffer.from(rest));
        size += rest.length;
        if (size > limit) {
          isTooLong = true;
          onLine(take(Buffer.alloc(0)));
        }
      }
      done();
    },
  });
}
