import type { Writable } from 'node:stream';

/** Holds back what is written to a stream until whoever is writing is done, to write it at once. */
export type GatherWrites = (stream: Writable) => void;

/**
 * Gathers writes to several streams. Messages come dozens at a time in one chunk from the network, and
 * one system call takes them all. Only one stream is held back at a time: both outputs may be the same
 * terminal, and what was written first has to be seen first.
 */
export function createWriteGathering(): GatherWrites {
  let held: Writable | undefined;
  return (stream) => {
    if (held === stream) return;
    stream.cork();
    if (held === undefined) {
      process.nextTick(() => {
        held?.uncork();
        held = undefined;
      });
    } else held.uncork();
    held = stream;
  };
}
