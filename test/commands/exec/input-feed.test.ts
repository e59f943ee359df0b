import assert from 'node:assert/strict';
import { PassThrough } from 'node:stream';
import { describe, it } from 'node:test';
import { createInputFeed } from '../../../src/commands/exec/input/input-feed.ts';
import { seeded } from '../../support/random.ts';

const HEADER_BYTES = 8;
const CHUNK_BYTES = 32 * 1024;

const settle = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

function setUp() {
  const source = new PassThrough();
  const errors: string[] = [];
  const feed = createInputFeed(source, ({ message }) => errors.push(message));
  let sent: Buffer[] = [];
  feed.stream.on('data', (bytes: Buffer) => sent.push(bytes));
  const take = (): Buffer => {
    const bytes = Buffer.concat(sent);
    sent = [];
    return bytes;
  };
  return { source, errors, feed, readChunks: () => chunksOf(take()) };
}

/** Chunks as the script on the target reads them. */
function chunksOf(bytes: Buffer): readonly Buffer[] {
  const chunks: Buffer[] = [];
  for (let at = 0; at < bytes.length;) {
    const length = Number(bytes.subarray(at, at + HEADER_BYTES).toString());
    at += HEADER_BYTES;
    chunks.push(bytes.subarray(at, at + length));
    at += length;
  }
  return chunks;
}

describe('the input of a command, on its way to the target', () => {
  it('is whole and has an end, however it is cut', () =>
    seeded(async (random) => {
      for (let round = 0; round < 30; round++) {
        const { source, feed, readChunks } = setUp();
        const bytes = random.bytes(random.between(0, 300_000));
        for (let at = 0; at < bytes.length;) {
          const length = random.between(1, 50_000);
          source.write(bytes.subarray(at, at + length));
          at += length;
        }
        source.end();
        const received: Buffer[] = [];
        for (let hasEnded = false; !hasEnded;) {
          await settle();
          for (const chunk of readChunks()) {
            received.push(chunk);
            hasEnded ||= chunk.length === 0;
            if (!hasEnded) feed.acknowledged();
          }
        }
        assert.deepEqual(Buffer.concat(received), bytes);
        assert.ok(feed.isDelivered);
      }
    }));

  it('waits while the target has passed on none of it, and leaves the rest with its source', async () => {
    const { source, feed, readChunks } = setUp();
    const piece = Buffer.alloc(CHUNK_BYTES);
    for (let i = 0; i < 20; i++) source.write(piece);
    for (let i = 0; i < 50; i++) await settle();
    const chunks = readChunks();
    assert.equal(chunks.length, 3);
    assert.ok(source.isPaused());
    assert.ok(source.readableLength + source.writableLength > 10 * CHUNK_BYTES);
    feed.acknowledged();
    await settle();
    assert.equal(readChunks().length, 1);
    assert.ok(!feed.isDelivered);
  });

  it('is sent at once when it is typed line by line', async () => {
    const { source, readChunks } = setUp();
    source.write('first\n');
    await settle();
    assert.deepEqual(readChunks().map(String), ['first\n']);
  });

  it('has no end when the source fails', async () => {
    const { source, readChunks, errors } = setUp();
    source.destroy(new Error('EIO'));
    await settle();
    assert.deepEqual(errors, ['EIO']);
    assert.deepEqual(readChunks(), []);
  });

  it('is finished without what waits', async () => {
    const { source, feed, readChunks } = setUp();
    source.write(Buffer.alloc(10 * CHUNK_BYTES));
    for (let i = 0; i < 50; i++) await settle();
    assert.equal(readChunks().length, 3);
    feed.finish();
    for (let i = 0; i < 3; i++) feed.acknowledged();
    source.write('late');
    await settle();
    assert.deepEqual(readChunks(), [Buffer.alloc(0)]);
    assert.ok(!feed.isDelivered);
  });

  it('is not read any more after the end of the session', async () => {
    const { source, feed, readChunks } = setUp();
    feed.stop();
    source.write('late');
    await settle();
    assert.deepEqual(readChunks(), []);
  });
});
