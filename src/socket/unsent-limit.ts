import type { Socket as NetSocket } from 'node:net';

/**
 * Bytes handed over and not taken by the network, above which nothing more is read. What is read is
 * acknowledged: a peer that sends and does not read would fill the memory. More than the window of the
 * channel (256 KiB), so input alone never stops the reading of output.
 */
const UNSENT_LIMIT_BYTES = 512 * 1024;

/**
 * How long the network may take nothing then, in milliseconds, before the connection counts as dead. On
 * a slow uplink the system takes more only when a third of its own buffer has left, some hundred KiB:
 * 6 KB/s are seen to move. The agent drops its connection after as long.
 */
export const STALL_TIMEOUT_MS = 60_000;

/** Watches what waits to be sent. */
export interface UnsentLimit {
  /** Something was sent. */
  check(): void;
}

/** What happens when too much waits. */
export interface UnsentLimitEvents {
  /** Too much waits: stop reading. */
  reached(): void;
  /** All of it is on its way: go on reading. The system's own buffer keeps the line busy meanwhile. */
  drained(): void;
  /** The network has taken nothing for a long time. */
  stalled(): void;
}

/**
 * @param unsent - bytes that wait
 * @param stallTimeoutMs - {@link STALL_TIMEOUT_MS}, or less for a test
 */
export function limitUnsent(
  network: NetSocket,
  unsent: () => number,
  stallTimeoutMs: number,
  events: UnsentLimitEvents,
): UnsentLimit {
  let isReached = false;
  network.on('drain', () => {
    if (!isReached) return;
    isReached = false;
    network.setTimeout(0);
    events.drained();
  });
  // While nothing is read, it fires when no byte of what is being written has left.
  network.on('timeout', () => {
    if (isReached) events.stalled();
  });
  return {
    check() {
      if (isReached || unsent() <= UNSENT_LIMIT_BYTES) return;
      isReached = true;
      network.setTimeout(stallTimeoutMs);
      events.reached();
    },
  };
}
