import type { Duplex } from 'node:stream';
import type { RawData, WebSocket } from 'ws';
import { createMessageRate, type MessageRate } from './message-rate.ts';

/** One WebSocket of a client whose token was accepted. */
export interface ClientConnection {
  /** Frames sent in one turn of the event loop leave in one system call. */
  send(frame: Buffer): void;
  /** More waits for this client than a network in between would hold. */
  readonly congested: boolean;
  /** More waits for this client than the service keeps. */
  readonly overfull: boolean;
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
  /** The connection is closed, by either side. Called once. */
  lost(): void;
}

/** What is reported of the service: it stops a sender with about this much on its way. */
const CONGESTED_BYTES = 256 * 1024;
/**
 * How much the service keeps for a client is not known; in the end it pauses the agent
 * (docs/design/agent.md#separate-output). This is more than a client needs that asks for what it can take.
 */
const OVERFULL_BYTES = 8 * 1024 * 1024;

/**
 * Takes over a WebSocket after its first message.
 *
 * @param network - the connection under it
 * @param messagesPerSecond - in each direction; with more, the connection is cut
 */
export function replaceConnection(
  webSocket: WebSocket,
  network: Duplex,
  events: ClientConnectionEvents,
  messagesPerSecond = Infinity,
): ClientConnection {
  let corked = false;
  let frozen = false;
  let isCut = false;
  const incoming = createMessageRate(messagesPerSecond);
  const outgoing = createMessageRate(messagesPerSecond);
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
  webSocket.on('close', () => events.lost());
  network.on('drain', () => events.drained());
  return {
    send(frame) {
      if (frozen || webSocket.readyState !== webSocket.OPEN || isTooMuch(outgoing)) return;
      if (!corked) {
        corked = true;
        network.cork();
        process.nextTick(uncork);
      }
      webSocket.send(frame, { binary: true });
    },
    get congested() {
      return network.writableLength > CONGESTED_BYTES;
    },
    get overfull() {
      return network.writableLength > OVERFULL_BYTES;
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
