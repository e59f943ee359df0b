import type { Writable } from 'node:stream';

/** Buffers what is written to a stream in one turn of the event loop, to write it at once. */
export type GatherWrites = (stream: Writable) => void;

/**
 * Gathers writes to several streams. Messages come dozens at a time in one chunk from the network, and one
 * system call takes them all. Only one stream is buffered at a time: both outputs may be the same terminal,
 * and must show the first write first.
 */
export function createWriteGathering(): GatherWrites {
  let buffered: Writable | undefined;
  return (stream) => {
    if (buffered === stream) return;
    stream.cork();
    if (buffered === undefined) {
      process.nextTick(() => {
        buffered?.uncork();
        buffered = undefined;
      });
    } else buffered.uncork();
    buffered = stream;
  };
}
