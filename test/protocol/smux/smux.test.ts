import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { ProtocolError } from '../../../src/protocol/protocol-error.ts';
import { createSmuxDecoder } from '../../../src/protocol/smux/smux-decoder.ts';
import {
  SMUX_HEADER_BYTES,
  SmuxCommand,
  type SmuxFrame,
} from '../../../src/protocol/smux/smux-frame.ts';
import { FUZZ_CASES } from '../../fuzz/support/cases.ts';
import { seeded, type Random } from '../../support/random.ts';
import { encodeSmuxFrame, SMUX_DATA_LIMIT_BYTES } from './encode-smux-frame.ts';
import { naiveDecode, naiveEncode } from './naive-smux.ts';
import { recordedFrames } from '../support/recorded-frames.ts';

const ROUNDS = 100;
/** The naive decoder is slow: a round counts as many cases. */
const NAIVE_ROUNDS = Math.ceil(FUZZ_CASES / 400);

function decode(chunks: Iterable<Buffer>): SmuxFrame[] {
  const decoder = createSmuxDecoder();
  const frames: SmuxFrame[] = [];
  for (const chunk of chunks) decoder.push(chunk, (frame) => frames.push(frame));
  return frames;
}

/** The data of each stream, in order, with the parts of its Push frames joined. */
function contents(frames: readonly { command: number; id: number; data: string }[]): string[] {
  const events: string[] = [];
  for (const { command, id, data } of frames) {
    const prefix = `${command} ${id}: `;
    const last = events.at(-1);
    if (command === SmuxCommand.Push && last?.startsWith(prefix)) {
      events[events.length - 1] = last + data;
    } else {
      events.push(prefix + (command === SmuxCommand.Push ? data : ''));
    }
  }
  return events;
}

const readable = (frames: readonly SmuxFrame[]): string[] =>
  contents(
    frames.map(({ command, streamId, data }) => ({
      command,
      id: streamId,
      data: data.toString('latin1'),
    })),
  );

function randomFrame(random: Random): SmuxFrame {
  const command = random.pick([
    SmuxCommand.Syn,
    SmuxCommand.Fin,
    SmuxCommand.Push,
    SmuxCommand.Push,
    SmuxCommand.Nop,
  ]);
  const length =
    command === SmuxCommand.Push ? random.pick([0, 1, 8, 1016, random.below(40_000)]) : 0;
  return {
    command,
    streamId: random.pick([0, 3, 5, 0xff, 0x1_0000, 0xffff_ffff]),
    data: random.bytes(length),
  };
}

function* randomSplit(random: Random, bytes: Buffer): Generator<Buffer> {
  const most = random.pick([1, 3, 9, 1024, 100_000]);
  for (let offset = 0; offset < bytes.length;) {
    const end = Math.min(bytes.length, offset + random.between(0, most));
    yield bytes.subarray(offset, end);
    offset = end;
  }
}

describe('smux frames', () => {
  it('have a little-endian header of version, command, length and stream', () => {
    const frame = encodeSmuxFrame({
      command: SmuxCommand.Push,
      streamId: 0x01020304,
      data: Buffer.from('ping'),
    });
    assert.equal(frame.toString('hex'), '0102040004030201' + Buffer.from('ping').toString('hex'));
  });

  it('are encoded as by a naive encoder', () =>
    seeded((random) => {
      for (let round = 0; round < ROUNDS; round++) {
        const frame = randomFrame(random);
        assert.equal(
          encodeSmuxFrame(frame).toString('latin1'),
          naiveEncode(frame.command, frame.streamId, frame.data.toString('latin1')),
        );
      }
    }));

  it('are decoded as by a naive decoder, with any split of the bytes', () =>
    seeded((random) => {
      for (let round = 0; round < NAIVE_ROUNDS; round++) {
        const frames = Array.from({ length: random.between(1, 12) }, () => randomFrame(random));
        const bytes = Buffer.concat(frames.map(encodeSmuxFrame));
        const expected = naiveDecode(bytes.toString('latin1'));
        assert.equal(expected.rest, '');
        assert.deepEqual(readable(decode(randomSplit(random, bytes))), contents(expected.frames));
      }
    }));

  it('are passed on before they are complete, without a copy', () => {
    const decoder = createSmuxDecoder();
    const frame = encodeSmuxFrame({
      command: SmuxCommand.Push,
      streamId: 3,
      data: Buffer.alloc(SMUX_DATA_LIMIT_BYTES, 'x'),
    });
    const chunk = frame.subarray(0, 1024);
    const parts: SmuxFrame[] = [];
    decoder.push(chunk, (part) => parts.push(part));
    assert.deepEqual(
      parts.map((part) => part.data.length),
      [1024 - SMUX_HEADER_BYTES],
    );
    assert.equal(parts[0]?.data.buffer, chunk.buffer);
  });

  it('other than Push may carry data, which is skipped', () => {
    const bytes = Buffer.concat([
      encodeSmuxFrame({ command: SmuxCommand.Fin, streamId: 5, data: Buffer.from('late') }),
      encodeSmuxFrame({ command: SmuxCommand.Push, streamId: 3, data: Buffer.from('on') }),
    ]);
    assert.deepEqual(readable(decode([bytes])), ['1 5: ', '2 3: on']);
  });

  it('longer than the length field are refused', () => {
    const data = Buffer.alloc(SMUX_DATA_LIMIT_BYTES + 1);
    assert.throws(
      () => encodeSmuxFrame({ command: SmuxCommand.Push, streamId: 3, data }),
      RangeError,
    );
  });
});

describe('bytes that are not smux', () => {
  const nop = encodeSmuxFrame({ command: SmuxCommand.Nop, streamId: 0, data: Buffer.alloc(0) });
  for (const [name, hex, reason] of [
    ['another version', '0202000003000000', 'smux-version'],
    ['a command of version 2', '0104000003000000', 'smux-command'],
    ['text', Buffer.from('HTTP/1.1').toString('hex'), 'smux-version'],
  ] as const) {
    it(`${name}: the frames before are passed on, then every call throws a typed error`, () => {
      const decoder = createSmuxDecoder();
      const frames: SmuxFrame[] = [];
      const push = (bytes: Buffer) => (): void =>
        decoder.push(bytes, (frame) => frames.push(frame));
      const isTyped = (error: unknown): boolean =>
        error instanceof ProtocolError && error.reason === reason;
      assert.throws(push(Buffer.concat([nop, Buffer.from(hex, 'hex')])), isTyped);
      assert.equal(frames.length, 1);
      assert.throws(push(nop), isTyped);
      assert.equal(frames.length, 1);
    });
  }

  it('random bytes: only the typed error is thrown', () =>
    seeded((random) => {
      let refused = 0;
      for (let round = 0; round < 10 * ROUNDS; round++) {
        const bytes = random.bytes(random.between(1, 400));
        // Most would fail at the first byte: make the first ones valid in many.
        if (random.chance(0.8)) bytes[0] = 1;
        if (random.chance(0.8)) bytes[1] = random.below(4);
        try {
          decode(randomSplit(random, bytes));
        } catch (error) {
          assert.ok(error instanceof ProtocolError, String(error));
          refused++;
        }
      }
      assert.ok(refused > 0);
    }));
});

describe('the recorded multiplexed port', () => {
  const messages = recordedFrames.filter(
    (frame) => frame.session === 'port, multiplexed, two connections',
  );
  const PAYLOAD_OFFSET = 120;
  const stream = (direction: string): Buffer[] =>
    messages
      .filter((message) => message.direction === direction && message.payloadType === 1)
      .map((message) => Buffer.from(message.hex, 'hex').subarray(PAYLOAD_OFFSET));

  it('client to agent: two streams, each opened, written and closed', () => {
    assert.deepEqual(readable(decode(stream('client to agent'))), [
      '0 3: ',
      '2 3: ping',
      '1 3: ',
      '0 5: ',
      '2 5: pong',
      '1 5: ',
    ]);
  });

  it('agent to client: both are echoed and closed', () => {
    assert.deepEqual(readable(decode(stream('agent to client'))), [
      '2 3: ping',
      '1 3: ',
      '2 5: pong',
      '1 5: ',
    ]);
  });

  it('encoding its frames again gives the same bytes', () => {
    for (const direction of ['client to agent', 'agent to client']) {
      const bytes = Buffer.concat(stream(direction));
      assert.deepEqual(Buffer.concat(decode([bytes]).map(encodeSmuxFrame)), bytes);
    }
  });
});
