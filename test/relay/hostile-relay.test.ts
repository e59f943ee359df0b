import assert from 'node:assert/strict';
import { once } from 'node:events';
import { PassThrough } from 'node:stream';
import { describe, it } from 'node:test';
import { deflateSync } from 'node:zlib';
import { carryConnection } from '../../src/cli/tunnel/carry-connection.ts';
import { MAX_DATA_BYTES } from '../../src/relay/protocol/frames.ts';
import type { AcceptedStream } from '../../src/relay/protocol/tunnel-run.ts';
import { createTunnel, type Tunnel } from '../../src/relay/protocol/tunnel.ts';
import { collect, openCollected, type CollectedStream } from './support/collected-stream.ts';
import { idleHost, TEST_NONCE } from './support/idle-host.ts';

const DESTINATION = { kind: 'tcp', address: '127.0.0.1', port: 1 } as const;

/** A frame as docs/design/relay.md#frames lays it out, by other means than the codec. */
function frame(type: number, id: number, payload: readonly number[] | Buffer = []): Buffer {
  const bytes = Buffer.from(payload);
  return Buffer.concat([
    Buffer.from([type, 0, bytes.length >> 8, bytes.length & 0xff]),
    number(id),
    bytes,
  ]);
}

const number = (value: number): Buffer =>
  Buffer.from([value >>> 24, (value >>> 16) & 0xff, (value >>> 8) & 0xff, value & 0xff]);

const line = (...frames: readonly Buffer[]): Buffer =>
  Buffer.from(`b${Buffer.concat(frames).toString('base64')}`);
const compressed = (bytes: Buffer): Buffer =>
  Buffer.from(`z${deflateSync(bytes).toString('base64')}`);

const HELLO = frame(
  1,
  0,
  Buffer.concat([Buffer.from([1, 0]), TEST_NONCE, Buffer.from([4, 0]), Buffer.from(' test 1')]),
);
const OPENED = frame(4, 1, [0, 4, 0, 0, 0, 0]);
const FULL = frame(5, 1, Buffer.alloc(MAX_DATA_BYTES));

interface Attacked {
  readonly tunnel: Tunnel;
  readonly stream: CollectedStream;
  readonly failure: () => Error | undefined;
}

/** A tunnel with one stream, whose id is 1. */
function attacked(): Attacked {
  let failure: Error | undefined;
  const tunnel = createTunnel(idleHost((error) => (failure = error)));
  const stream = openCollected(tunnel, DESTINATION);
  stream.isReading = false;
  return { tunnel, stream, failure: () => failure };
}

/** Lines that a relay must not send, with a part of what is reported. */
const WRONG: readonly (readonly [string, readonly Buffer[], RegExp])[] = [
  ['an empty line', [Buffer.alloc(0)], /encoding/],
  ['a line of text', [Buffer.from('sh: 1: perl: not found')], /base64|encoding/],
  ['a line without a frame', [line()], /without a frame/],
  ['characters that are no base64', [Buffer.from('bAA!A')], /base64/],
  ['a line that is too long', [Buffer.alloc(100_000, 'b')], /too long/],
  ['a cut header', [line(HELLO.subarray(0, 5))], /header is cut/],
  ['a cut frame', [line(HELLO.subarray(0, -1))], /frame is cut/],
  ['a line that grows to 64 MB', [compressed(Buffer.alloc(64_000_000))], /decompressed/],
  ['a frame before HELLO', [line(OPENED)], /before HELLO/],
  ['a second HELLO', [line(HELLO, HELLO)], /second HELLO/],
  [
    'another version',
    [line(Buffer.concat([HELLO.subarray(0, 8), Buffer.from([9]), HELLO.subarray(9)]))],
    /version 9/,
  ],
  [
    'another nonce',
    [line(Buffer.concat([HELLO.subarray(0, 10), Buffer.from([9]), HELLO.subarray(11)]))],
    /another tunnel/,
  ],
  ['an unknown type', [line(HELLO, frame(77, 1))], /type 77/],
  ['a frame of the client', [line(HELLO, frame(2, 1, [1, 0, 0, 0, 0, 0, 0, 65]))], /type 2/],
  ['an unknown code', [line(HELLO, frame(8, 1, [99]))], /unknown code/],
  ['a stream that was never opened', [line(HELLO, frame(7, 3))], /never opened/],
  [
    'a stream for no listener',
    [line(HELLO, frame(3, 2, [0, 0, 0, 99, 0, 0, 0, 9]))],
    /unknown listener/,
  ],
  [
    'a stream for a stream of its own',
    [line(HELLO, frame(3, 2, [0, 0, 0, 2, 0, 0, 0, 9]))],
    /unknown listener/,
  ],
  ['an id out of order', [line(HELLO, frame(3, 4, [0, 0, 0, 1, 0, 0, 0, 9]))], /out of order/],
  ['data before OPENED', [line(HELLO, frame(5, 1, [1]))], /while a stream is opening/],
  ['OPENED twice', [line(HELLO, OPENED, OPENED)], /while a stream is open/],
  ['an end twice', [line(HELLO, OPENED, frame(7, 1), frame(7, 1))], /while a stream is/],
  ['data after the end', [line(HELLO, OPENED, frame(7, 1), frame(5, 1, [1]))], /while a stream is/],
  ['a window that is too large', [line(HELLO, OPENED, frame(6, 1, [255, 0, 0, 0]))], /too large/],
  [
    'more than the window',
    [line(HELLO, OPENED), ...Array.from({ length: 17 }, () => line(FULL))],
    /window permits/,
  ],
];

describe('a tunnel', () => {
  for (const [name, lines, expected] of WRONG) {
    it(`ends, and resets its streams, on ${name}`, async () => {
      const { tunnel, stream, failure } = attacked();
      for (const one of lines) tunnel.receive(one);
      assert.match(failure()?.message ?? '', expected);
      assert.equal((await stream.reset).code, 'protocol');
      assert.equal(tunnel.streams(), 0);
      assert.equal(tunnel.next(1000), undefined);
    });
  }

  it('carries no connection that was reset before it was accepted', async () => {
    const { tunnel, failure } = attacked();
    const accepted: AcceptedStream[] = [];
    const { handlers } = collect();
    tunnel.listen({ address: '127.0.0.1', port: 0 }, handlers, (one) => accepted.push(one));
    tunnel.receive(line(HELLO, frame(4, 3, [0, 0, 0, 0, 0, 80])));
    tunnel.receive(line(frame(3, 2, [0, 0, 0, 3, 0, 0, 16, 0]), frame(8, 2, [7])));
    const connection = new PassThrough();
    const ignored = (): void => undefined;
    carryConnection(connection, (mine) => accepted[0]?.accept(mine), {
      answered: ignored,
      reset: ignored,
    });
    await once(connection, 'close');
    assert.equal(accepted.length, 1);
    assert.equal(failure(), undefined);
  });

  it('ignores what has crossed a RESET', () => {
    const { tunnel, stream, failure } = attacked();
    tunnel.receive(line(HELLO, OPENED));
    stream.stream.reset();
    tunnel.receive(line(FULL, frame(6, 1, [0, 0, 0, 1]), frame(7, 1), frame(8, 1, [7])));
    assert.equal(failure(), undefined);
    assert.equal(stream.received().length, 0);
  });

  it('grants credit for what has arrived, also of closed streams, and no more than that', () => {
    const { tunnel, stream, failure } = attacked();
    tunnel.receive(line(HELLO, OPENED));
    stream.stream.reset();
    // 4 MiB and 64 bytes for each frame.
    for (let i = 0; i < 300; i++) tunnel.receive(line(FULL));
    assert.equal(failure(), undefined);
  });

  it('passes connections only to the listener that they are for', () => {
    const { tunnel, failure } = attacked();
    const peers: string[] = [];
    tunnel.listen({ address: '127.0.0.1', port: 0 }, collect().handlers, ({ peer }) =>
      peers.push(peer),
    );
    tunnel.receive(line(HELLO, frame(3, 2, [0, 0, 0, 3, 0, 0, 0, 9, 65])));
    assert.deepEqual(peers, ['A']);
    tunnel.receive(line(frame(3, 4, [0, 0, 0, 1, 0, 0, 0, 9, 66])));
    assert.deepEqual(peers, ['A']);
    assert.equal(failure(), undefined);
  });
});
