import {
  SocketError,
  type OpenSocket,
  type Socket,
  type SocketEvents,
} from '../../../src/socket/socket.ts';
import { testFailure } from '../../support/test-failure.ts';

/** A socket as the session sees it, with the other end in the hands of the test. */
export interface ScriptedSocket {
  readonly url: string;
  readonly texts: string[];
  readonly frames: Buffer[];
  pings: number;
  isPaused: boolean;
  /** How this side ended it. */
  ended: 'close' | 'destroy' | undefined;
  readonly events: SocketEvents;
}

/** What a try to open a socket comes to. */
export type Opening = 'open' | 'refused' | 'tls' | 'hangs';

/** Sockets that a test opens and makes fail. */
export interface ScriptedSockets {
  readonly open: OpenSocket;
  /** What the next tries come to; when it is empty they open. */
  readonly openings: Opening[];
  /** All that opened. */
  readonly sockets: ScriptedSocket[];
  /** The newest socket. Throws when there is none. */
  last(): ScriptedSocket;
  readonly tries: number;
}

/** No socket yet. */
export function createScriptedSockets(): ScriptedSockets {
  const openings: Opening[] = [];
  const sockets: ScriptedSocket[] = [];
  let tries = 0;

  const open: OpenSocket = (request, events) => {
    tries++;
    switch (openings.shift() ?? 'open') {
      case 'refused':
        return Promise.reject(new SocketError(testFailure('refused', 'connection refused')));
      case 'tls':
        return Promise.reject(
          new SocketError(testFailure('tls', 'the certificate is not trusted')),
        );
      case 'hangs':
        return new Promise((_resolve, reject) => {
          request.signal.addEventListener('abort', () =>
            reject(new SocketError(testFailure('aborted', 'stopped'))),
          );
        });
      case 'open': {
        const scripted: ScriptedSocket = {
          url: request.url,
          texts: [],
          frames: [],
          pings: 0,
          isPaused: false,
          ended: undefined,
          events,
        };
        sockets.push(scripted);
        return Promise.resolve(wrap(scripted));
      }
    }
  };
  return {
    open,
    openings,
    sockets,
    last() {
      const newest = sockets.at(-1);
      if (newest === undefined) throw new Error('no socket was opened');
      return newest;
    },
    get tries() {
      return tries;
    },
  };
}

function wrap(scripted: ScriptedSocket): Socket {
  return {
    send: (frame) => scripted.frames.push(frame),
    sendText: (text) => scripted.texts.push(text),
    ping: () => scripted.pings++,
    pause: () => (scripted.isPaused = true),
    resume: () => (scripted.isPaused = false),
    close: () => (scripted.ended = 'close'),
    destroy: () => (scripted.ended = 'destroy'),
  };
}

/** Lets everything that waits for a promise run. */
export function settle(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
