import type { Socket as NetSocket } from 'node:net';

/**
 * Combines writes: one chunk from the network holds many messages, and each is acknowledged. If what
 * is sent in one turn of the event loop is written together, one system call does for dozens.
 *
 * @returns called before a write
 */
export function corkWrites(network: NetSocket): () => void {
  let isCorked = false;
  return () => {
    if (isCorked) return;
    isCorked = true;
    network.cork();
    process.nextTick(() => {
      isCorked = false;
      network.uncork();
    });
  };
}
