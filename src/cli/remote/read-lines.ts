import { Writable } from 'node:stream';

const LINE_FEED = 0x0a;

/**
 * Takes the output of a command, cut anywhere, and calls back with each line, without its line feed.
 *
 * @param limit - bytes of the longest line that the command is known to write: of a longer one, most of the rest is dropped
 */
export function readLines(limit: number, onLine: (line: Buffer) => void): Writable {
  let rest: Buffer = Buffer.alloc(0);
  return new Writable({
    write(chunk: Buffer, _encoding, done) {
      let bytes = Buffer.concat([rest, chunk]);
      for (let at = bytes.indexOf(LINE_FEED); at !== -1; at = bytes.indexOf(LINE_FEED)) {
        onLine(bytes.subarray(0, at));
        bytes = bytes.subarray(at + 1);
      }
      rest = bytes.subarray(0, limit);
      done();
    },
  });
}
