import type { Clock } from '../../../../src/clock.ts';
import {
  SocketError,
  type OpenSocket,
  type Socket,
  type SocketEvents,
} from '../../../../src/socket/socket.ts';

/** What an attempt to open a socket comes to. */
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
  readonly isPaused: boolean;
  /** Sends a frame; it waits here while the session does not read. */
  deliver(frame: Buffer): void;
  /** Hands over what waits, as far as the session reads. */
  pump(): void;
  pong(): void;
  lose(reason: string): void;
}

/** Frames that the runtime had read before a pause and hands over nevertheless. */
const READ_AHEAD_FRAMES = 3;

interface OpenGatewaySocket {
  readonly service: GatewaySocket;
  readonly session: Socket;
  readonly isOpen: () => boolean;
}

/**
 * @param clock - for the time limit of an attempt; its timers are not the session's
 * @param nextOpening - decides what an attempt comes to
 */
export function createGateway(clock: Clock, nextOpening: () => Opening): Gateway {
  const sockets: OpenGatewaySocket[] = [];
  const open: OpenSocket = (request, events) => {
    const opening = nextOpening();
    switch (opening) {
      case 'refused':
        return Promise.reject(new SocketError('refused', 'nothing listens'));
      case 'tls':
        return Promise.reject(new SocketError('tls', 'the certificate is not trusted'));
      case 'hangs':
        return new Promise((_resolve, reject) => {
          const stop = (reason: SocketError['reason']) => (): void =>
            reject(new SocketError(reason, 'stopped'));
          request.signal.addEventListener('abort', stop('aborted'));
          clock.after(request.timeoutMs, stop('timeout'));
        });
      case 'lost-at-once':
      case 'open': {
        const socket = createSocket(events);
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

function createSocket(events: SocketEvents): OpenGatewaySocket {
  const frames: Buffer[] = [];
  let unread: Buffer[] = [];
  let isOpen = true;
  let isPaused = false;
  let readAhead = 0;

  const pump = (): void => {
    while (isOpen && (!isPaused || readAhead > 0)) {
      const frame = unread.shift();
      if (frame === undefined) return;
      if (isPaused) readAhead--;
      events.frame(frame);
    }
  };
  const close = (): void => {
    isOpen = false;
    unread = [];
  };
  return {
    isOpen: () => isOpen,
    service: {
      frames,
      get isPaused() {
        return isPaused;
      },
      deliver(frame) {
        unread.push(frame);
        pump();
      },
      pump,
      pong() {
        if (isOpen) events.pong();
      },
      lose(reason) {
        if (!isOpen) return;
        close();
        events.lost(reason);
      },
    },
    session: {
      send(frame) {
        if (isOpen) frames.push(frame);
      },
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
