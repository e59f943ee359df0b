import assert from 'node:assert/strict';
import { beforeEach, describe, it } from 'node:test';
import { seeded } from '../../../support/random.ts';
import { createVirtualClock, type VirtualClock } from '../../../support/virtual-clock.ts';
import { createSmuxServer, type SmuxServer, type SmuxStream } from './smux-server.ts';

const SYN = 0;
const FIN = 1;
const PUSH = 2;
const NOP = 3;

function frame(command: number, id: number, data: Buffer = Buffer.alloc(0)): Buffer {
  const header = Buffer.from([1, command, 0, 0, 0, 0, 0, 0]);
  header.writeUInt16LE(data.length, 2);
  header.writeUInt32LE(id, 4);
  return Buffer.concat([header, data]);
}

interface OpenedStream {
  readonly stream: SmuxStream;
  received: Buffer;
  finished: number;
}

describe('the smux server of the agent', () => {
  let clock: VirtualClock;
  let written: Buffer[];
  let opened: OpenedStream[];
  let failures: string[];

  beforeEach(() => {
    clock = createVirtualClock();
    written = [];
    opened = [];
    failures = [];
  });
  const create = (keepAlive = false): SmuxServer =>
    createSmuxServer({
      clock,
      keepAlive,
      write: (frames) => written.push(frames),
      opened(stream) {
        const one: OpenedStream = { stream, received: Buffer.alloc(0), finished: 0 };
        opened.push(one);
        return {
          data(bytes) {
            one.received = Buffer.concat([one.received, bytes]);
          },
          finished: () => one.finished++,
        };
      },
      failed: (reason) => failures.push(reason),
    });

  it('reads any frames, however their bytes are cut', () =>
    seeded((random) => {
      const server = create();
      const expected: Buffer[] = [];
      const frames: Buffer[] = [];
      opened = [];
      for (let i = 0; i < 10; i++) {
        frames.push(frame(SYN, 3 + 2 * i));
        expected.push(Buffer.alloc(0));
      }
      for (let n = 0; n < 200; n++) {
        const index = random.below(10);
        const data = random.bytes(random.pick([0, 1, 100, 3000]));
        frames.push(frame(PUSH, 3 + 2 * index, data), frame(NOP, 0));
        expected[index] = Buffer.concat([expected[index] ?? Buffer.alloc(0), data]);
      }
      const all = Buffer.concat(frames);
      for (let offset = 0; offset < all.length;) {
        const length = random.between(1, random.pick([3, 50, 5000]));
        server.receive(all.subarray(offset, offset + length));
        offset += length;
      }
      assert.deepEqual(
        opened.map(({ received }) => received),
        expected,
      );
      assert.deepEqual(failures, []);
    }));

  it('writes at most 32768 bytes into a frame', () => {
    create().receive(frame(SYN, 3));
    opened[0]?.stream.write(Buffer.alloc(70_000));
    assert.deepEqual(
      written.map((bytes) => bytes.length),
      [8 + 32_768, 8 + 32_768, 8 + 4464],
    );
  });

  it('reports FIN, answers with its own once, and then ignores the stream', () => {
    const server = create();
    server.receive(Buffer.concat([frame(SYN, 3), frame(FIN, 3)]));
    const [one] = opened;
    assert.equal(one?.finished, 1);
    one.stream.finish();
    one.stream.finish();
    one.stream.write(Buffer.from('too late'));
    assert.deepEqual(written, [frame(FIN, 3)]);
    server.receive(frame(PUSH, 3, Buffer.from('late')));
    server.receive(frame(FIN, 3));
    assert.equal(one.received.length, 0);
    assert.equal(one.finished, 1);
    assert.deepEqual(failures, []);
  });

  for (const [name, bytes] of [
    ['another version', Buffer.from([2, SYN, 0, 0, 3, 0, 0, 0])],
    ['an unknown command', Buffer.from([1, 9, 0, 0, 3, 0, 0, 0])],
  ] as const) {
    it(`fails on ${name}, once`, () => {
      const server = create();
      server.receive(bytes);
      server.receive(bytes);
      assert.deepEqual(failures, ['protocol']);
    });
  }

  it('sends nothing unasked without keep-alive', () => {
    create();
    clock.advance(600_000);
    assert.deepEqual(written, []);
    assert.deepEqual(failures, []);
  });

  it('sends a NOP every 10 s and fails after 30 s without a frame, with keep-alive', () => {
    const server = create(true);
    clock.advance(10_000);
    assert.deepEqual(written, [frame(NOP, 0)]);
    for (let i = 0; i < 10; i++) {
      server.receive(frame(NOP, 0));
      clock.advance(20_000);
    }
    assert.deepEqual(failures, []);
    clock.advance(60_000);
    assert.deepEqual(failures, ['keep-alive']);
    const count = written.length;
    clock.advance(60_000);
    assert.equal(written.length, count);
  });
});
