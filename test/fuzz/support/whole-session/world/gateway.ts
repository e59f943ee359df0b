import type { Clock } from '../../../../../src/lib/clock.ts';
import {
  SocketError,
  type OpenSocket,
  type Socket,
  type SocketEvents,
} from '../../../../../src/socket/socket.ts';
import { testFailure } from '../../../../support/test-failure.ts';

/** The result of an attempt to open a socket. */
export type Opening = 'open' | 'refused' | 'tls' | 'hangs' | 'lost-at-once';

/** The service's end of the sockets that a session opens. */
export interface Gateway {
  readonly open: OpenSocket;
  /** The socket that is open now. */
  readonly current: GatewaySocket | undefined;
  /** Sockets that neither end has closed. */
  readonly unclosed: () => number;
}

/** One socket, the service's end. */
export interface GatewaySocket {
  /** What the session has sent and the agent has not read. */
  readonly frames: Buffer[];
  /** It was paused, or reads no more because too much waits to be sent. */
  readonly isPaused: boolean;
  /** Bytes that the session has sent and the agent has not read. */
  readonly unsent: () => number;
  /** Sends a frame; it waits here while the session does not read. */
  deliver(frame: Buffer): void;
  /**
   * Delivers waiting frames while the session reads. The session reads again once all that it has sent is
   * read.
   */
  pump(): void;
  pong(): void;
  lose(reason: string): void;
}

/** As a real socket's (`src/socket/unsent-limit.ts`). */
const UNSENT_LIMIT_BYTES = 512 * 1024;
const STALL_TIMEOUT_MS = 60_000;
/** Frames that the runtime had read before a pause, and still delivers. */
const READ_AHEAD_FRAMES = 3;

interface OpenGatewaySocket {
  readonly service: GatewaySocket;
  readonly session: Socket;
  readonly isOpen: () => boolean;
}

/**
 * @param clock - for the time limit of an attempt; its timers are not the session's
 * @param nextOpening - decides the result of an attempt
 */
export function createGateway(clock: Clock, nextOpening: () => Opening): Gateway {
  const sockets: OpenGatewaySocket[] = [];
  const open: OpenSocket = (request, events) => {
    const opening = nextOpening();
    switch (opening) {
      case 'refused':
        return Promise.reject(new SocketError(testFailure('refused', 'nothing listens')));
      case 'tls':
        return Promise.reject(
          new SocketError(testFailure('tls', 'the certificate is not trusted')),
        );
      case 'hangs':
        return new Promise((_resolve, reject) => {
          const stop = (reason: SocketError['reason']) => (): void =>
            reject(new SocketError(testFailure(reason, 'stopped')));
          request.signal.addEventListener('abort', stop('aborted'));
          clock.after(request.timeoutMs, stop('timeout'));
        });
      case 'lost-at-once':
      case 'open': {
        const socket = createSocket(clock, events);
        sockets.push(socket);
        if (opening === 'lost-at-once') socket.service.lose('closed with code 1006');
        return Promise.resolve(socket.session);
      }
    }
  };
  return {
    open,
    get current() {
      return sockets.findLast(({ isOpen }) => isOpen())?.service;
    },
    unclosed: () => sockets.filter(({ isOpen }) => isOpen()).length,
  };
}

function createSocket(clock: Clock, events: SocketEvents): OpenGatewaySocket {
  const frames: Buffer[] = [];
  let unread: Buffer[] = [];
  let isOpen = true;
  let isPaused = false;
  let isFull = false;
  let readAhead = 0;

  const stops = (): boolean => isPaused || isFull;
  const unsent = (): number => frames.reduce((sum, { length }) => sum + length, 0);
  const close = (): void => {
    isOpen = false;
    unread = [];
  };
  const lose = (reason: string): void => {
    if (!isOpen) return;
    close();
    events.lost(reason);
  };
  const pump = (): void => {
    if (isOpen && isFull && frames.length === 0) {
      isFull = false;
      events.readingChanged(true);
    }
    while (isOpen && (!stops() || readAhead > 0)) {
      const frame = unread.shift();
      if (frame === undefined) return;
      if (stops()) readAhead--;
      events.frame(frame);
    }
  };
  const stopReading = (): void => {
    isFull = true;
    readAhead = READ_AHEAD_FRAMES;
    events.readingChanged(false);
    clock.after(STALL_TIMEOUT_MS, () => {
      if (isFull) lose('the gateway stopped receiving data');
    });
  };
  let sent = 0;
  const send = (frame: Buffer): void => {
    if (!isOpen) return;
    frames.push(frame);
    // The sum is made anew only when there may be enough.
    sent += frame.length;
    if (isFull || sent <= UNSENT_LIMIT_BYTES) return;
    sent = unsent();
    if (sent > UNSENT_LIMIT_BYTES) stopReading();
  };
  return {
    isOpen: () => isOpen,
    service: {
      frames,
      get isPaused() {
        return stops();
      },
      unsent,
      deliver(frame) {
        unread.push(frame);
        pump();
      },
      pump,
      pong() {
        if (isOpen && !stops()) events.pong();
      },
      lose,
    },
    session: {
      send,
      sendText: () => undefined,
      ping: () => undefined,
      pause() {
        isPaused = true;
        readAhead = READ_AHEAD_FRAMES;
      },
      resume() {
        isPaused = false;
      },
      close,
      destroy: close,
    },
  };
}
