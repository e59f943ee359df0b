import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { startWebServer } from '../support/web/web-server.ts';
import { downloadAll } from '../support/web/web-client.ts';
import { openForward } from '../support/port-session.ts';

const KIB = 1024;

describe('a web server behind a forwarded port', () => {
  it('serves 20 downloads at once, each its own file', async (t) => {
    const server = await startWebServer(t);
    const { localPort } = await openForward(t, { port: server.port, agent: { pacing: false } });
    await downloadAll(t, localPort, { parallel: 20, rounds: 1, bytes: 500 * KIB });
    assert.equal(server.requests, 20);
  });

  it('answers many requests on connections that are kept alive', async (t) => {
    const server = await startWebServer(t);
    const { localPort } = await openForward(t, { port: server.port, agent: { pacing: false } });
    await downloadAll(t, localPort, { parallel: 20, rounds: 10, bytes: 2 * KIB });
    assert.equal(server.requests, 200);
    assert.equal(server.connections, 20);
  });

  it('receives uploads of different sizes and reports their fingerprints', async (t) => {
    const server = await startWebServer(t);
    const { localPort } = await openForward(t, { port: server.port });
    await downloadAll(t, localPort, { parallel: 8, rounds: 2, bytes: 100, upload: 300 * KIB });
    assert.equal(server.requests, 16);
  });
});
