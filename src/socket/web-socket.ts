import type { Socket as NetSocket } from 'node:net';
import type { ClientOptions, RawData, WebSocket } from 'ws';
import { printable } from '../lib/printable.ts';
import { SocketError, type OpenSocket, type Socket, type SocketEvents } from './socket.ts';
import { limitUnsent, STALL_TIMEOUT_MS } from './unsent-limit.ts';

/** Far above any message of the protocol, which is a few KiB; a longer one is an attack or an error. */
const MAX_FRAME_BYTES = 1024 * 1024;
/** Reads of the network that one message may come in: each keeps some hundred bytes of its own. */
const MAX_READS_PER_FRAME = 16 * 1024;
const NORMAL_CLOSURE = 1000;
/** What the public client sends in its pings. */
const PING_PAYLOAD = 'keepalive';

/**
 * Opens WebSockets with the `ws` library, which is loaded on the first call: a run without
 * arguments must not pay for it.
 */
export const openWebSocket: OpenSocket = async (request, events) => {
  const { WebSocket } = await import('ws');
  request.signal.throwIfAborted();
  const options: ClientOptions = {
    headers: request.headers,
    handshakeTimeout: request.timeoutMs,
    // Payloads are encrypted or short; compressing each frame costs time and gains nothing.
    perMessageDeflate: false,
    maxPayload: MAX_FRAME_BYTES,
    maxBufferedChunks: MAX_READS_PER_FRAME,
    // Never to be turned off by the environment.
    rejectUnauthorized: true,
    ...(request.agent === undefined ? {} : { agent: request.agent }),
  };
  const webSocket = new WebSocket(request.url, options);
  return new Promise((resolve, reject) => {
    let opened = false;
    let silent = false;
    let failure: Error | undefined;
    let network: NetSocket | undefined;
    const stallTimeoutMs = request.stallTimeoutMs ?? STALL_TIMEOUT_MS;
    const host = new URL(request.url).host;

    const abort = (): void => {
      failure = new SocketError('aborted', `connecting to ${host} was stopped`);
      webSocket.terminate();
    };
    request.signal.addEventListener('abort', abort, { once: true });

    webSocket.on('upgrade', (response) => {
      network = response.socket;
    });
    webSocket.on('unexpected-response', (_request, response) => {
      const status = response.statusCode ?? 0;
      failure = new SocketError(
        'http-status',
        `${host} answered with HTTP status ${status}`,
        status,
      );
      response.destroy();
      webSocket.terminate();
    });
    webSocket.on('error', (error) => {
      failure ??= error;
    });
    webSocket.on('open', () => {
      opened = true;
      request.signal.removeEventListener('abort', abort);
      resolve(
        wrap(webSocket, network, stallTimeoutMs, {
          closedHere() {
            silent = true;
          },
          stalled() {
            failure ??= new SocketError('timeout', `${host} takes nothing any more`);
          },
          readingChanged(isReading) {
            if (!silent) events.readingChanged(isReading);
          },
        }),
      );
    });
    webSocket.on('message', (data: RawData, isBinary: boolean) => {
      // The service speaks in binary frames; `ws` hands them over as one Buffer each.
      if (isBinary && Buffer.isBuffer(data) && !silent) events.frame(data);
    });
    webSocket.on('pong', () => {
      if (!silent) events.pong();
    });
    webSocket.on('close', (code, reason) => {
      request.signal.removeEventListener('abort', abort);
      if (silent) return;
      if (opened) {
        events.lost(failure === undefined ? closeReason(code, reason) : failure.message);
      } else {
        reject(asSocketError(failure, host, code));
      }
    });
  });
};

function closeReason(code: number, reason: Buffer): string {
  const text = printable(reason.toString('utf8'));
  return `closed with code ${code}${text === '' ? '' : ` (${text})`}`;
}

function asSocketError(failure: Error | undefined, host: string, code: number): Error {
  // An agent's errors tell more than anything that could be said here.
  if (failure instanceof SocketError || failure?.name === 'NetworkError') return failure;
  if (failure === undefined) return new SocketError('refused', `${host} closed with code ${code}`);
  if (failure.message.includes('Opening handshake has timed out')) {
    return new SocketError('timeout', `${host} did not answer in time`);
  }
  return new SocketError('refused', `cannot connect to ${host}: ${failure.message}`);
}

/** Why nothing is read from the network: nobody takes it, or what answers it does not leave. */
type PauseReason = 'consumer' | 'unsent';

interface WrapEvents extends Pick<SocketEvents, 'readingChanged'> {
  /** This side ends it: no event follows. */
  closedHere(): void;
  /** It is about to be torn down because it takes nothing. */
  stalled(): void;
}

function wrap(
  webSocket: WebSocket,
  network: NetSocket | undefined,
  stallTimeoutMs: number,
  events: WrapEvents,
): Socket {
  const pauseReasons = new Set<PauseReason>();
  const pause = (reason: PauseReason): void => {
    pauseReasons.add(reason);
    webSocket.pause();
  };
  const resume = (reason: PauseReason): void => {
    if (pauseReasons.delete(reason) && pauseReasons.size === 0) webSocket.resume();
  };
  const unsent =
    network &&
    limitUnsent(network, () => webSocket.bufferedAmount, stallTimeoutMs, {
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
  let corked = false;
  // One chunk from the network holds many messages and each is acknowledged: gathering what is sent
  // in one turn of the event loop makes one system call of dozens.
  const gather = (): void => {
    if (corked || network === undefined) return;
    corked = true;
    network.cork();
    process.nextTick(() => {
      corked = false;
      network.uncork();
    });
  };
  const isOpen = (): boolean => webSocket.readyState === webSocket.OPEN;
  return {
    send(frame) {
      if (!isOpen()) return;
      gather();
      webSocket.send(frame, { binary: true });
      unsent?.check();
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
