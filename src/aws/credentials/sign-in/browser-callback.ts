import { once } from 'node:events';
import { createServer } from 'node:http';
import { createDeferred } from '../../../lib/deferred.ts';

const HOST = '127.0.0.1';
const PATH = '/oauth/callback';

/** Receives the result of a sign-in from a browser. */
export interface Callback {
  /** The address, with the port that the system has chosen. */
  readonly uri: string;
  /** The address that a client is registered with: any port is allowed (RFC 8252, section 7.3). */
  readonly registeredUri: string;
  /** Resolves with the query that the browser sends. */
  readonly answer: Promise<URLSearchParams>;
  close(): void;
}

const PAGE =
  '<!doctype html><title>session-manager-plugin</title>' +
  '<p>The browser has done its part of the sign-in. You can close this page and return to the terminal.</p>\n';

/** Listens on this machine only. The browser is redirected there after the sign-in. */
export async function listenForCallback(): Promise<Callback> {
  const { promise, resolve } = createDeferred<URLSearchParams>();
  const server = createServer((request, response) => {
    const url = new URL(request.url ?? '/', `http://${HOST}`);
    const isAnswer = ['code', 'error'].some((name) => url.searchParams.has(name));
    if (url.pathname !== PATH || !isAnswer) {
      response.writeHead(404).end();
      return;
    }
    response.writeHead(200, { 'content-type': 'text/html; charset=utf-8', connection: 'close' });
    response.end(PAGE, () => resolve(url.searchParams));
  });
  server.listen(0, HOST);
  await once(server, 'listening');
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  return {
    uri: `http://${HOST}:${port}${PATH}`,
    registeredUri: `http://${HOST}${PATH}`,
    answer: promise,
    close() {
      server.close();
      server.closeAllConnections();
    },
  };
}
