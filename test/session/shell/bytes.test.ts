import assert from 'node:assert/strict';
import { PassThrough } from 'node:stream';
import { describe, it } from 'node:test';
import { createDeferred } from '../../../src/lib/deferred.ts';
import { ShellInput } from '../../../src/session/shell/shell-input.ts';
import { createVirtualClock } from '../../support/virtual-clock.ts';

/** Turns of the event loop in which a stream passes on what was written to it. */
const settle = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

function setUp() {
  const clock = createVirtualClock();
  const stream = new PassThrough();
  const ready = createDeferred<undefined>();
  const input = new ShellInput({
    link: { wake: () => undefined, whenAcknowledged: (callback) => callback() },
    clock,
    source: { kind: 'bytes', stream, after: ready.promise },
    leave: () => assert.fail('an escape was found'),
    interrupt: () => assert.fail('keys waited'),
    hangUp: () => assert.fail('the end was a hang-up'),
    show: () => assert.fail('a text was shown'),
  });
  const sent = (): Buffer => {
    const payloads: Buffer[] = [];
    for (let message = input.next(); message !== undefined; message = input.next()) {
      payloads.push(message.payload);
    }
    return Buffer.concat(payloads);
  };
  return { clock, stream, input, sent, begin: () => ready.resolve(undefined) };
}

describe('an input of bytes', () => {
  it('is sent as it is, and its end is not', async () => {
    const { clock, stream, input, sent, begin } = setUp();
    const bytes = Buffer.from('~.\n\x03\x04');
    input.start();
    begin();
    stream.end(bytes);
    await settle();
    assert.deepEqual(sent(), bytes);
    clock.advance(600_000);
    assert.equal(sent().length, 0);
    assert.equal(input.state, 'ended');
  });

  it('is not read before the remote side is ready for it', async () => {
    const { stream, input, sent, begin } = setUp();
    input.start();
    stream.write('early');
    await settle();
    // What may be sent asks for more; the stream must not begin to flow because of that.
    assert.equal(sent().length, 0);
    await settle();
    begin();
    await settle();
    assert.equal(sent().toString(), 'early');
  });

  it('is not read when the session has ended before that', async () => {
    const { stream, input, sent, begin } = setUp();
    input.start();
    input.close();
    begin();
    stream.write('late');
    await settle();
    assert.equal(sent().length, 0);
    assert.equal(stream.listenerCount('data'), 0);
  });

  it('is not read further while much of it waits', async () => {
    const { stream, input, sent, begin } = setUp();
    input.start();
    begin();
    const piece = Buffer.alloc(16 * 1024);
    for (let i = 0; i < 10; i++) {
      stream.write(piece);
      await settle();
    }
    assert.ok(stream.isPaused());
    assert.ok(stream.readableLength > 0);
    let count = 0;
    while (count < 10 * piece.length) {
      const { length } = sent();
      assert.ok(length > 0);
      count += length;
      await settle();
    }
    assert.ok(!stream.isPaused());
  });
});
