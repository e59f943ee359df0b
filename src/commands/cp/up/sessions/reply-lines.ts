import { Writable } from 'node:stream';
import { parseReply, type Reply } from '../target/frames.ts';

/** Bytes of a line of the receiver. The rest of a longer one, which is no answer, is ignored. */
const MAX_LINE_BYTES = 16 * 1024;
const LINE_FEED = 0x0a;

/** Takes what a receiver writes, and calls back for each answer in it. */
export function replyLines(receive: (reply: Reply) => void): Writable {
  let line = '';
  return new Writable({
    write(bytes: Buffer, _encoding, done) {
      let start = 0;
      for (let at = bytes.indexOf(LINE_FEED); at !== -1; at = bytes.indexOf(LINE_FEED, start)) {
        // sudo may connect its command to a terminal, which ends lines by CR and LF.
        const reply = parseReply((line + bytes.toString('utf8', start, at)).replace(/\r$/, ''));
        if (reply !== undefined) receive(reply);
        line = '';
        start = at + 1;
      }
      if (line.length < MAX_LINE_BYTES) line += bytes.toString('utf8', start);
      done();
    },
  });
}
