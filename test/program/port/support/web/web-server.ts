import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { TestContext } from 'node:test';
import { chunksOf, createFingerprint } from '../content.ts';

/** A web server on the target: `POST /SEED/BYTES` is answered with that content. */
export interface WebServer {
  readonly port: number;
  readonly requests: number;
  /** Number of connections so far. */
  readonly connections: number;
}

/** The header with the fingerprint of the request's body. */
export const RECEIPT_HEADER = 'x-received';

export async function startWebServer(t: TestContext): Promise<WebServer> {
  let requests = 0;
  let connections = 0;
  const answer = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    requests++;
    const received = createFingerprint();
    for await (const chunk of request) received.update(chunk as Buffer);
    const [, seed, bytes] = (request.url ?? '').split('/');
    response.setHeader(RECEIPT_HEADER, received.result());
    await pipeline(Readable.from(chunksOf({ seed: Number(seed), bytes: Number(bytes) })), response);
  };
  const server = createServer((request, response) => {
    answer(request, response).catch(() => response.destroy());
  });
  // Only the client closes a connection.
  server.keepAliveTimeout = 0;
  server.on('connection', () => connections++);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.after(async () => {
    const closed = once(server, 'close');
    server.close();
    server.closeAllConnections();
    await closed;
  });
  const { port } = server.address() as AddressInfo;
  return {
    port,
    get requests() {
      return requests;
    },
    get connections() {
      return connections;
    },
  };
}
