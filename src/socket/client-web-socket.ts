import type { Duplex } from 'node:stream';
import type { WebSocket } from 'ws';

/** Far above any message of the protocol, which is a few KiB; a longer one is an attack or an error. */
const MAX_FRAME_BYTES = 1024 * 1024;
/** Reads of the network for one message: each read costs some hundred bytes of memory. */
const MAX_READS_PER_FRAME = 16 * 1024;
/** Parts of one message; the default of `ws` for its clients. */
const MAX_FRAGMENTS = 16 * 1024;
/** Milliseconds for the closing handshake; the default of `ws`. */
const CLOSE_TIMEOUT_MS = 30_000;
/** Answers to pings that wait to be sent; the default of `ws` for its clients. */
const MAX_PENDING_PONGS = 60;

/** The class of `ws`, with the parts that only its own server uses (`completeUpgrade` in its websocket-server.js). */
type WebSocketClass = new (
  address: null,
  protocols: undefined,
  options: Readonly<Record<string, unknown>>,
) => WebSocket & {
  /** Whether it is the end that gets masked frames, and sends others. */
  _isServer: boolean;
  setSocket(connection: Duplex, head: Buffer, options: Readonly<Record<string, unknown>>): void;
};

/** Makes the WebSocket of a client, whose connection is open. */
export type MakeWebSocket = (connection: Duplex, head: Buffer) => WebSocket;

/**
 * Loads the library `ws`, which reads and writes frames.
 *
 * @returns makes WebSockets of connections that a server has upgraded, without extensions or a subprotocol. `head` is
 *   what was read of the frames. Events come in later turns of the event loop
 */
export async function loadWebSockets(): Promise<MakeWebSocket> {
  const { default: loaded } = await import('ws');
  const ClientWebSocket = loaded as unknown as WebSocketClass;
  return (connection, head) => {
    const webSocket = new ClientWebSocket(null, undefined, {
      autoPong: true,
      closeTimeout: CLOSE_TIMEOUT_MS,
      maxPendingAutoPongs: MAX_PENDING_PONGS,
    });
    webSocket._isServer = false;
    webSocket.setSocket(connection, head, {
      allowSynchronousEvents: true,
      maxBufferedChunks: MAX_READS_PER_FRAME,
      maxFragments: MAX_FRAGMENTS,
      maxPayload: MAX_FRAME_BYTES,
      skipUTF8Validation: false,
    });
    return webSocket;
  };
}
