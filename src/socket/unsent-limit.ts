import type { Socket as NetSocket } from 'node:net';
import type { Duplex } from 'node:stream';

/**
 * Bytes that wait for the network. Above this limit nothing is read, because what is read is
 * acknowledged: a peer that sends and does not read would fill the memory. The limit is larger than the
 * window of the channel (256 KiB), so input alone never stops the reading of output.
 */
const UNSENT_LIMIT_BYTES = 512 * 1024;

/**
 * Milliseconds after which the connection counts as dead, if the network accepts no bytes. On a slow
 * uplink the system accepts more only when a third of its buffer is sent, some hundred KiB: an uplink of
 * 6 KB/s is still alive. The agent closes its connection after the same time.
 */
export const STALL_TIMEOUT_MS = 60_000;

/** A network connection. One that is no socket itself lacks the timer for a stalled one. */
export type NetworkConnection = Duplex & Partial<Pick<NetSocket, 'setTimeout'>>;

/** Watches the bytes that wait to be sent. */
export interface UnsentLimit {
  /** Something was sent. */
  check(): void;
}

/** What happens when too much waits. */
export interface UnsentLimitEvents {
  /** Too much waits: stop reading. */
  reached(): void;
  /** The system has taken all of them: read again. The system's buffer keeps the network busy meanwhile. */
  drained(): void;
  /** The network has accepted nothing for a long time. */
  stalled(): void;
}

/**
 * @param unsent - bytes that wait
 * @param stallTimeoutMs - {@link STALL_TIMEOUT_MS}, or less for a test
 */
export function limitUnsent(
  network: NetworkConnection,
  unsent: () => number,
  stallTimeoutMs: number,
  events: UnsentLimitEvents,
): UnsentLimit {
  let isReached = false;
  network.on('drain', () => {
    if (!isReached) return;
    isReached = false;
    network.setTimeout?.(0);
    events.drained();
  });
  // While nothing is read, it fires when no byte has been sent.
  network.on('timeout', () => {
    if (isReached) events.stalled();
  });
  return {
    check() {
      if (isReached || unsent() <= UNSENT_LIMIT_BYTES) return;
      isReached = true;
      network.setTimeout?.(stallTimeoutMs);
      events.reached();
    },
  };
}
