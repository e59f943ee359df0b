import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer as createTcpServer } from 'node:net';
import { createServer as createTlsServer } from 'node:https';
import { describe, it } from 'node:test';
import { NetworkError } from '../../src/network/network-error.ts';
import { needs } from '../support/require-tools.ts';
import { temporaryDirectory } from '../support/temporary-directory.ts';
import { OPENSSL } from '../support/tools.ts';
import { createAuthority } from './certificate-authority.ts';
import { fetchText } from './fetch-text.ts';
import { listen } from './local-server.ts';
import { networkFor } from './test-network.ts';

describe('while a connection is made', () => {
  it('the trusted certificates are read', needs(OPENSSL), async (t) => {
    const authority = createAuthority(temporaryDirectory(t), 'Private Test Root');
    const server = createTlsServer(authority.issue(['IP:127.0.0.1']), (_request, response) =>
      response.end('hello'),
    );
    const connected = once(server, 'connection');
    const port = await listen(t, server);
    const network = networkFor(t, {
      profileCaBundle: async () => {
        await connected;
        return authority.file;
      },
    });
    assert.equal(await fetchText(network, `https://127.0.0.1:${port}/`), 'hello');
  });

  it('its loss is a failure, even before they are read', async (t) => {
    const server = createTcpServer((socket) => socket.resetAndDestroy());
    const port = await listen(t, server);
    const network = networkFor(t, { profileCaBundle: () => new Promise(() => undefined) });
    await assert.rejects(
      fetchText(network, `https://127.0.0.1:${port}/`),
      (error) => error instanceof NetworkError && error.reason === 'unreachable',
    );
  });
});
