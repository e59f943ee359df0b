import type { OpenSocket, Socket, SocketEvents, SocketRequest } from './socket.ts';

/** A request whose user does not exist yet: it is stopped by the user's own signal later. */
export type EarlyRequest = Omit<SocketRequest, 'signal'>;

type Event = (handler: SocketEvents) => void;

/** Where the events of an early socket go. */
type Relay =
  | { readonly kind: 'waiting'; readonly events: Event[] }
  | { readonly kind: 'taken'; readonly handler: SocketEvents };

/** A socket that opens, or has opened, without a user. */
interface EarlySocket {
  /**
   * Called once. Events that have waited happen before the socket is returned, but never while this
   * is called: the one who calls may still be in the making.
   */
  take(signal: AbortSignal, handler: SocketEvents): Promise<Socket>;
}

/**
 * Begins to open a socket before its user exists: the network works while the program makes the user.
 *
 * @param request - the same as in the user's first attempt
 * @returns opens sockets: the first attempt takes the early socket, later ones open others
 */
export function openEarly(openSocket: OpenSocket, request: EarlyRequest): OpenSocket {
  let early: EarlySocket | undefined = beginOpening(openSocket, request);
  return (later, handler) => {
    const begun = early;
    early = undefined;
    return begun === undefined ? openSocket(later, handler) : begun.take(later.signal, handler);
  };
}

function beginOpening(openSocket: OpenSocket, request: EarlyRequest): EarlySocket {
  const stop = new AbortController();
  let relay: Relay = { kind: 'waiting', events: [] };
  const pass = (event: Event): void => {
    if (relay.kind === 'taken') event(relay.handler);
    else relay.events.push(event);
  };
  const opening = openSocket(
    { ...request, signal: stop.signal },
    {
      frame: (frame) => pass((handler) => handler.frame(frame)),
      pong: () => pass((handler) => handler.pong()),
      readingChanged: (isReading) => pass((handler) => handler.readingChanged(isReading)),
      lost: (reason) => pass((handler) => handler.lost(reason)),
    },
  ).then((socket) => {
    // So that no more waits than was read at once.
    if (relay.kind === 'waiting') socket.pause();
    return socket;
  });
  // Its user handles that.
  opening.catch(() => undefined);
  return {
    async take(signal, handler) {
      if (signal.aborted) stop.abort();
      signal.addEventListener('abort', () => stop.abort(), { once: true });
      const socket = await opening;
      try {
        // Nothing comes in between: events happen in later turns of the event loop.
        if (relay.kind === 'waiting') for (const event of relay.events) event(handler);
      } catch (error) {
        socket.destroy();
        throw error;
      }
      relay = { kind: 'taken', handler };
      socket.resume();
      return socket;
    },
  };
}
