import type { WebSocket } from 'ws';
import type { Socket, SocketEvents } from './socket.ts';
import {
  limitUnsent,
  type NetworkConnection,
  type UnsentLimit,
  type UnsentLimitEvents,
} from './unsent-limit.ts';

const NORMAL_CLOSURE = 1000;
/** What the public client sends in its pings. */
const PING_PAYLOAD = 'keepalive';

/** Why nothing is read from the network: no consumer takes it, or too much waits to be sent. */
type PauseReason = 'consumer' | 'unsent';

/** What an opened socket works with. */
export interface OpenedSocketOptions {
  readonly webSocket: WebSocket;
  /** The network connection below it. */
  readonly network: NetworkConnection;
  /** Milliseconds after which a connection that takes no bytes is lost. */
  readonly stallTimeoutMs: number;
}

/** What an opened socket reports. */
export interface OpenedSocketEvents extends Pick<SocketEvents, 'readingChanged'> {
  /** This side closes it: no event follows. */
  closedHere(): void;
  /** It is about to be destroyed because the network takes no bytes. */
  stalled(): void;
}

/** Wraps an open WebSocket. */
export function wrapWebSocket(options: OpenedSocketOptions, events: OpenedSocketEvents): Socket {
  const { webSocket, network } = options;
  const pauseReasons = new Set<PauseReason>();
  const pause = (reason: PauseReason): void => {
    pauseReasons.add(reason);
    webSocket.pause();
  };
  const resume = (reason: PauseReason): void => {
    if (pauseReasons.delete(reason) && pauseReasons.size === 0) webSocket.resume();
  };
  const unsent = watchUnsent(options, {
    reached() {
      pause('unsent');
      events.readingChanged(false);
    },
    drained() {
      resume('unsent');
      events.readingChanged(true);
    },
    stalled() {
      events.stalled();
      webSocket.terminate();
    },
  });
  const cork = corkWrites(network);
  const isOpen = (): boolean => webSocket.readyState === webSocket.OPEN;
  return {
    send(frame) {
      if (!isOpen()) return;
      cork();
      webSocket.send(frame, { binary: true });
      unsent.check();
    },
    sendText(text) {
      if (isOpen()) webSocket.send(text);
    },
    ping() {
      if (isOpen()) webSocket.ping(PING_PAYLOAD);
    },
    pause: () => pause('consumer'),
    resume: () => resume('consumer'),
    close() {
      events.closedHere();
      webSocket.close(NORMAL_CLOSURE);
    },
    destroy() {
      events.closedHere();
      webSocket.terminate();
    },
  };
}

function watchUnsent(
  { webSocket, network, stallTimeoutMs }: OpenedSocketOptions,
  events: UnsentLimitEvents,
): UnsentLimit {
  return limitUnsent(network, () => webSocket.bufferedAmount, stallTimeoutMs, events);
}

/**
 * Combines writes: one chunk from the network holds many messages, and each is acknowledged. All that is sent
 * in one turn of the event loop is written by one system call in place of dozens.
 *
 * @returns called before a write
 */
function corkWrites(network: NetworkConnection): () => void {
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
