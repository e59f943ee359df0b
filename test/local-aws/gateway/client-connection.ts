import type { Duplex } from 'node:stream';
import type { RawData, WebSocket } from 'ws';
import { createMessageRate, type MessageRate } from './message-rate.ts';

/** One WebSocket of a client whose token was accepted. */
export interface ClientConnection {
  /** Frames sent in one turn of the event loop leave in one system call. */
  send(frame: Buffer): void;
  /** More waits for this client than a network in between would hold. */
  readonly congested: boolean;
  pause(): void;
  resume(): void;
  /** Closes with a close frame, as the service does. */
  close(code: number, reason: string): void;
  /** Tears the TCP connection down. */
  cut(): void;
  /** From now on nothing is read, answered or sent, as if a firewall dropped all packets. */
  freeze(): void;
}

/** What a {@link ClientConnection} reports. */
export interface ClientConnectionEvents {
  frame(frame: Buffer): void;
  ping(): void;
  /** The service cuts the connection: too many messages have passed in a second. */
  tooManyMessages(): void;
  drained(): void;
  /** The client has taken nothing for too long. */
  stalled(): void;
  /** The connection is closed, by either side. Called once. */
  lost(): void;
}

/** What is reported of the service: it stops a sender with about this much on its way. */
const CONGESTED_BYTES = 256 * 1024;
/**
 * The service pauses the agent of a client that has taken nothing for a while
 * (docs/design/agent.md#separate-output). How long this is, is not known.
 */
const STALL_TIMEOUT_MS = 5_000;

/** What the service does with a connection that is too slow or too fast for it. */
export interface ConnectionLimits {
  /**
   * Messages a second in each direction; with more, the connection is cut. The service is reported to do so at
   * about 1000. Default: no limit.
   */
  readonly messagesPerSecond?: number;
  /** For how long a client may take nothing that waits for it, in milliseconds. Default 5 000. */
  readonly stallTimeout?: number;
}

/**
 * Takes over a WebSocket after its first message.
 *
 * @param network - the connection under it
 */
export function replaceConnection(
  webSocket: WebSocket,
  network: Duplex,
  events: ClientConnectionEvents,
  { messagesPerSecond = Infinity, stallTimeout = STALL_TIMEOUT_MS }: ConnectionLimits = {},
): ClientConnection {
  let corked = false;
  let frozen = false;
  let stallTimer: NodeJS.Timeout | undefined;
  let isCut = false;
  const incoming = createMessageRate(messagesPerSecond);
  const outgoing = createMessageRate(messagesPerSecond);
  const isCongested = (): boolean => network.writableLength > CONGESTED_BYTES;
  const isTooMuch = (rate: MessageRate): boolean => {
    if (isCut || !rate.exceededBy(performance.now())) return isCut;
    isCut = true;
    events.tooManyMessages();
    webSocket.terminate();
    return true;
  };
  const uncork = (): void => {
    corked = false;
    network.uncork();
  };
  webSocket.on('message', (data: RawData, isBinary: boolean) => {
    if (!isBinary || !Buffer.isBuffer(data) || frozen || isTooMuch(incoming)) return;
    events.frame(data);
  });
  webSocket.on('ping', () => events.ping());
  webSocket.on('close', () => {
    clearInterval(stallTimer);
    events.lost();
  });
  network.on('drain', () => {
    clearInterval(stallTimer);
    stallTimer = undefined;
    events.drained();
  });
  const watchForStall = (): void => {
    let waiting = network.writableLength;
    stallTimer = setInterval(() => {
      if (network.writableLength >= waiting) events.stalled();
      waiting = network.writableLength;
    }, stallTimeout);
  };
  return {
    send(frame) {
      if (frozen || webSocket.readyState !== webSocket.OPEN || isTooMuch(outgoing)) return;
      if (!corked) {
        corked = true;
        network.cork();
        process.nextTick(uncork);
      }
      webSocket.send(frame, { binary: true });
      if (stallTimer === undefined && isCongested()) watchForStall();
    },
    get congested() {
      return isCongested();
    },
    pause: () => webSocket.pause(),
    resume() {
      if (!frozen) webSocket.resume();
    },
    close(code, reason) {
      webSocket.close(code, reason);
    },
    cut: () => webSocket.terminate(),
    freeze() {
      frozen = true;
      webSocket.pause();
    },
  };
}
