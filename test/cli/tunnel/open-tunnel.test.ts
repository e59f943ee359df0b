import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import { describe, it, type TestContext } from 'node:test';
import { openTunnel } from '../../../src/cli/tunnel/open-tunnel.ts';
import { createLearnedRate } from '../../../src/cli/tunnel/learned-rate.ts';
import { createDeferred } from '../../../src/lib/deferred.ts';
import { seeded, type Random } from '../../support/random.ts';
import { startLocalRemote } from '../remote/support/local-remote.ts';

/** A server that sends this many random bytes to each client, and ends. */
async function startSending(t: TestContext, random: Random, bytes: number): Promise<number> {
  const server = createServer((socket) => socket.end(random.bytes(bytes))).listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.after(() => server.close());
  return (server.address() as AddressInfo).port;
}

describe('a fast tunnel', { timeout: 60_000 }, () => {
  it('has less room the more it carries at the moment', (t) =>
    seeded(async (random) => {
      const port = await startSending(t, random, 3_000_000);
      const { remote } = await startLocalRemote(t);
      const learned = createLearnedRate(remote.context.clock);
      const tunnel = (await openTunnel(remote, undefined, learned)) ?? assert.fail();
      assert.equal(tunnel.load(), 0);
      const ended = createDeferred<undefined>();
      const stream = tunnel.open(
        { kind: 'tcp', address: '127.0.0.1', port },
        {
          opened: () => assert.equal(tunnel.load(), 1),
          data: (bytes) => stream?.taken(bytes.length),
          end: () => ended.resolve(undefined),
          reset: ({ code }) => assert.equal(code, 'lost'),
          drain: () => undefined,
        },
      );
      await ended.promise;
      assert.equal(tunnel.streams(), 1, 'this side has not ended');
      assert.ok(tunnel.load() > 1);
      await tunnel.stop();
    }));

  it('carries a connection both ways, with half-close', async (t) => {
    const server = createServer({ allowHalfOpen: true }, (socket) => {
      const parts: Buffer[] = [];
      socket.on('data', (part: Buffer) => parts.push(part));
      socket.on('end', () => socket.end(Buffer.concat(parts).reverse()));
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    t.after(() => server.close());
    const { remote } = await startLocalRemote(t);
    const tunnel =
      (await openTunnel(remote, undefined, createLearnedRate(remote.context.clock))) ??
      assert.fail();
    const got: Buffer[] = [];
    const ended = createDeferred<undefined>();
    const address = server.address() as AddressInfo;
    const stream = tunnel.open(
      { kind: 'tcp', address: '127.0.0.1', port: address.port },
      {
        opened: () => undefined,
        data(bytes) {
          got.push(Buffer.from(bytes));
          stream?.taken(bytes.length);
        },
        end: () => ended.resolve(undefined),
        reset: ({ code, text }) => assert.fail(`${code} ${text}`),
        drain: () => undefined,
      },
    );
    const sent = Buffer.alloc(300_000, 'abcdefg');
    stream?.write(sent);
    stream?.end();
    await ended.promise;
    assert.ok(Buffer.concat(got).equals(Buffer.from(sent).reverse()));
    await tunnel.stop();
    assert.equal(await tunnel.ended, undefined);
  });
});
