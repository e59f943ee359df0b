import assert from 'node:assert/strict';
import { once } from 'node:events';
import type { TestContext } from 'node:test';
import { WebSocketServer } from 'ws';

/** A WebSocket server on this machine; it ends with the test, and its connections with it. */
export async function startWebSocketServer(
  t: TestContext,
): Promise<{ readonly server: WebSocketServer; readonly host: string }> {
  const server = new WebSocketServer({ port: 0, host: '127.0.0.1' });
  t.after(() => {
    for (const client of server.clients) client.terminate();
    server.close();
  });
  await once(server, 'listening');
  const address = server.address();
  assert.ok(typeof address === 'object' && address !== null);
  return { server, host: `127.0.0.1:${address.port}` };
}
