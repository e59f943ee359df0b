import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { buffer } from 'node:stream/consumers';
import { pipeline } from 'node:stream/promises';
import { endToEndHeaders } from '../../../src/commands/proxy/http/hop-headers.ts';
import { pageBytes, refusalPage } from '../../../src/commands/proxy/http/http-page.ts';
import { createSocketPair } from '../../../src/commands/proxy/http/socket-pair.ts';
import { seeded } from '../../support/random.ts';

describe('headers that a proxy passes on', () => {
  it('are those of the message, not those of the connection, however they are written', () => {
    const raw = [
      ...['Accept', '*/*', 'PROXY-Authorization', 'Basic eDp5', 'Connection', 'keep-alive, X-Hop'],
      ...['x-hop', '1', 'TE', 'trailers', 'Upgrade', 'h2c', 'Cookie', 'a=1', 'Cookie', 'b=2'],
    ];
    assert.deepEqual(endToEndHeaders(raw), ['Accept', '*/*', 'Cookie', 'a=1', 'Cookie', 'b=2']);
    assert.deepEqual(
      endToEndHeaders(['Host', 'a', 'Expect', '100-continue'], ['host', 'expect']),
      [],
    );
  });

  it('keep the length of the body, even if the client calls it one of the connection', () => {
    const raw = ['Connection', 'Content-Length', 'Content-Length', '5'];
    assert.deepEqual(endToEndHeaders(raw), ['Content-Length', '5']);
  });
});

describe('a page of the proxy', () => {
  it('is text that ends the connection', () => {
    const page = pageBytes(
      refusalPage({ kind: 'busy', code: 'a', problem: 'No <b>room</b>.', remedy: 'Wait.' }),
    );
    assert.match(
      page,
      /^HTTP\/1\.1 503 Service Unavailable\r\nContent-Type: text\/plain; charset=utf-8\r\n/,
    );
    assert.match(page, /\r\nConnection: close\r\n\r\nNo <b>room<\/b>\. Wait\.\n$/);
  });
});

describe('a page with a text of the agent', () => {
  it('has no character that controls a terminal', () => {
    const { body } = refusalPage({ kind: 'failed', code: 'a', problem: 'x\x1b[2Jy', remedy: '' });
    assert.equal(body, 'x[2Jy\n');
  });
});

describe('a pair of sockets in memory', () => {
  it('carries bytes in both directions, and each end on its own', () =>
    seeded(async (random) => {
      const [near, far] = createSocketPair();
      const up = random.bytes(300_000);
      const down = random.bytes(300_000);
      const [received, answered] = await Promise.all([
        buffer(far),
        buffer(near),
        pipeline([up], near),
        pipeline([down], far),
      ]);
      assert.ok(received.equals(up));
      assert.ok(answered.equals(down));
      assert.deepEqual([near.bytesWritten, far.bytesRead], [up.length, up.length]);
      assert.deepEqual([far.bytesWritten, near.bytesRead], [down.length, down.length]);
    }));

  it('stops a writer whose bytes are not read', () => {
    const [near] = createSocketPair();
    let writes = 0;
    while (near.write(Buffer.alloc(16 * 1024)) && writes < 100) writes++;
    assert.ok(writes < 100);
  });

  it('closes both ends when one is destroyed', async () => {
    const [near, far] = createSocketPair();
    const closed = new Promise((resolve) => far.once('close', resolve));
    near.destroy();
    await closed;
    assert.ok(far.destroyed);
  });
});
