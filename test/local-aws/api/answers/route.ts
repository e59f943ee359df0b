import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';

/** Which requests a service answers, and how. */
export interface Route {
  readonly isFor: (request: IncomingMessage) => boolean;
  readonly listener: RequestListener;
}

/** A listener that hangs up where answering fails: the double has a fault, or the client has closed the connection. */
export function listenerOf(
  answer: (request: IncomingMessage, response: ServerResponse) => Promise<void>,
): RequestListener {
  return (request, response) => {
    answer(request, response).catch(() => request.socket.destroy());
  };
}
