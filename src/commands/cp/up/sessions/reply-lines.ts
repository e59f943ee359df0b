import type { Writable } from 'node:stream';
import { readLines } from '../../../../cli/remote/read-lines.ts';
import { parseReply, type Reply } from '../target/frames.ts';

/** Bytes of a line of the receiver. A longer one is no answer. */
const MAX_LINE_BYTES = 16 * 1024;

/** Takes what a receiver writes, and calls back for each answer in it. */
export function replyLines(receive: (reply: Reply) => void): Writable {
  return readLines(MAX_LINE_BYTES, (line) => {
    // sudo may connect its command to a terminal, which ends lines by CR and LF.
    const reply = parseReply(line.toString().replace(/\r$/, ''));
    if (reply !== undefined) receive(reply);
  });
}
