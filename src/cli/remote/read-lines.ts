import { Writable } from 'node:stream';
import { createLineSplitter } from '../../lib/split-lines.ts';

/**
 * Takes the output of a command, cut anywhere, and calls back with each line, without its line feed.
 *
 * @param limit - bytes of the longest line that the command is known to write: of a longer one, most of the rest is dropped
 */
export function readLines(limit: number, onLine: (line: Buffer) => void): Writable {
  const split = createLineSplitter(limit);
  return new Writable({
    write(chunk: Buffer, _encoding, done) {
      split(chunk).forEach(onLine);
      done();
    },
  });
}
