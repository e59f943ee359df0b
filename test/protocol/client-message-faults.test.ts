import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import {
  MessageType,
  decodeClientMessage,
  type ClientMessage,
} from '../../src/protocol/client-message.ts';
import { formatMessageId } from '../../src/protocol/message-id.ts';
import { ProtocolError, type ProtocolErrorReason } from '../../src/protocol/protocol-error.ts';
import { seeded } from '../support/random.ts';
import { naiveDecode, naiveEncode, type NaiveMessage } from './support/naive-codec.ts';
import { recordedFrames } from './support/recorded-frames.ts';

const VALID: NaiveMessage = {
  headerLength: 116,
  messageType: 'output_stream_data',
  schemaVersion: 1,
  createdDate: 1_795_469_438_771n,
  sequenceNumber: 5n,
  flags: 0n,
  messageId: '906430ae-1173-4a21-9b42-85c06327df30',
  payloadType: 1,
  payload: new TextEncoder().encode('some output'),
};

const FIRST_PAYLOAD_BYTE = 120;
const DIGEST = 80;

function frameOf(changes: Partial<NaiveMessage> = {}): Buffer {
  return Buffer.from(naiveEncode({ ...VALID, ...changes }));
}

function assertRefused(frame: Buffer, reason: ProtocolErrorReason): void {
  assert.throws(
    () => decodeClientMessage(frame),
    (error) => error instanceof ProtocolError && error.reason === reason,
  );
}

/** The message; undefined when the frame was refused with the typed error. Other errors are thrown. */
function decodeOrRefuse(frame: Buffer): ClientMessage | undefined {
  try {
    return decodeClientMessage(frame);
  } catch (error) {
    if (error instanceof ProtocolError) return undefined;
    throw error;
  }
}

describe('a frame is refused', () => {
  it('when it is empty', () => assertRefused(Buffer.alloc(0), 'frame-truncated'));

  it('when it ends anywhere before the end of its payload', () => {
    const frame = frameOf();
    for (let length = 0; length < frame.length; length++) {
      assertRefused(frame.subarray(0, length), 'frame-truncated');
    }
  });

  it('when its header length is 0', () => {
    const frame = frameOf();
    frame.writeUInt32BE(0);
    assertRefused(frame, 'header-length');
  });

  it('when its header length is too short for its fields', () => {
    const frame = frameOf();
    for (const length of [1, 4, 80, 115]) {
      frame.writeUInt32BE(length);
      assertRefused(frame, 'header-length');
    }
  });

  it('when its header length is absurd', () => {
    const frame = frameOf();
    for (const length of [117, 140, frame.length, 0x7fff_ffff, 0xffff_fffb, 0xffff_ffff]) {
      frame.writeUInt32BE(length);
      assertRefused(frame, 'header-length');
    }
  });

  it('when bytes follow its payload, which would stay in memory with it', () => {
    const frame = frameOf();
    for (const more of [1, 1024 * 1024]) {
      assertRefused(Buffer.concat([frame, Buffer.alloc(more)]), 'frame-trailing');
    }
  });

  it('when its payload length is absurd', () => {
    const frame = frameOf();
    for (const length of [VALID.payload.length + 1, 0x7fff_ffff, 0xffff_ffff]) {
      frame.writeUInt32BE(length, 116);
      assertRefused(frame, 'frame-truncated');
    }
  });

  it('when its message type is empty, by spaces or NULs', () => {
    assertRefused(frameOf({ messageType: '' }), 'message-type-empty');
    assertRefused(frameOf({ messageType: '\0'.repeat(32) }), 'message-type-empty');
    assertRefused(frameOf({ messageType: ' \0\t\r\n ' }), 'message-type-empty');
  });

  it('when its created date is 0', () => {
    assertRefused(frameOf({ createdDate: 0n }), 'created-date-zero');
  });

  it('when one bit of its payload or its digest differs', () => {
    const frame = frameOf();
    const protectedBytes = [
      ...Array.from(VALID.payload, (_, i) => FIRST_PAYLOAD_BYTE + i),
      ...Array.from({ length: 32 }, (_, i) => DIGEST + i),
    ];
    for (const offset of protectedBytes) {
      for (let bit = 0; bit < 8; bit++) {
        const flipped = Buffer.from(frame);
        flipped.writeUInt8(flipped.readUInt8(offset) ^ (1 << bit), offset);
        assertRefused(flipped, 'digest-mismatch');
      }
    }
  });

  it('when a number does not fit into 53 bits', () => {
    assertRefused(frameOf({ sequenceNumber: 2n ** 53n }), 'number-out-of-range');
    assertRefused(frameOf({ sequenceNumber: -(2n ** 53n) }), 'number-out-of-range');
    assertRefused(frameOf({ createdDate: 2n ** 62n }), 'number-out-of-range');
  });

  it('without its payload in the message of the error', () => {
    const frame = frameOf();
    frame.writeUInt8(0, DIGEST);
    assert.throws(
      () => decodeClientMessage(frame),
      (error) => {
        assert.ok(error instanceof ProtocolError);
        assert.doesNotMatch(error.message, /some|output/);
        return true;
      },
    );
  });
});

describe('a frame is accepted', () => {
  it('when it has no payload, with any digest', () => {
    const frame = frameOf({ payload: new Uint8Array() });
    frame.fill(0xee, DIGEST, DIGEST + 32);
    assert.equal(decodeClientMessage(frame).payload.length, 0);
  });

  it('when its message type is padded with NULs, or at its start', () => {
    for (const messageType of [
      'output_stream_data'.padEnd(32, '\0'),
      ' \0 output_stream_data\0 ',
    ]) {
      assert.equal(decodeClientMessage(frameOf({ messageType })).messageType, 'output_stream_data');
    }
  });

  it('when its message type and payload type are not known', () => {
    const message = decodeClientMessage(frameOf({ messageType: 'later', payloadType: 77 }));
    assert.equal(message.messageType, 'later');
    assert.equal(message.payloadType, 77);
  });

  it('when its sequence number is negative or the largest one', () => {
    for (const sequenceNumber of [-1n, -(2n ** 32n) - 5n, 2n ** 53n - 1n]) {
      const message = decodeClientMessage(frameOf({ sequenceNumber }));
      assert.equal(message.sequenceNumber, Number(sequenceNumber));
    }
  });
});

describe('start_publication and pause_publication', () => {
  for (const messageType of [MessageType.StartPublication, MessageType.PausePublication]) {
    it(`${messageType} needs only its type`, () => {
      const nearEmpty = Buffer.alloc(120);
      nearEmpty.write(messageType, 4, 'latin1');
      assert.equal(decodeClientMessage(nearEmpty).messageType, messageType);
      assert.equal(decodeClientMessage(nearEmpty.subarray(0, 36)).messageType, messageType);
    });

    it(`${messageType} is accepted with any other fields`, () => {
      const absurd = Buffer.alloc(200, 0xff);
      absurd.write(messageType.padEnd(32, ' '), 4, 'latin1');
      assert.equal(decodeClientMessage(absurd).messageType, messageType);
    });

    it(`${messageType} may be complete`, () => {
      const frame = frameOf({ messageType, payload: new Uint8Array() });
      assert.equal(decodeClientMessage(frame).messageType, messageType);
    });
  }
});

/** Checks a damaged frame against the naive codec. */
function assertAgrees(frame: Buffer): void {
  const message = decodeOrRefuse(frame);
  const naive = naiveDecode(frame);
  if (message?.messageType.endsWith('_publication') === true) return;
  if (typeof naive === 'string') {
    assert.equal(message, undefined, `taken although ${naive}`);
  } else if (message !== undefined) {
    assert.equal(message.messageType, naive.messageType);
    assert.equal(BigInt(message.sequenceNumber), naive.sequenceNumber);
    assert.equal(BigInt(message.flags), naive.flags);
    assert.equal(BigInt(message.createdDate), naive.createdDate);
    assert.equal(formatMessageId(message.messageId), naive.messageId);
    assert.equal(message.payloadType, naive.payloadType);
    assert.deepEqual(new Uint8Array(message.payload), naive.payload);
  } else {
    const unsafe = [naive.sequenceNumber, naive.flags, naive.createdDate].some(
      (number) => !Number.isSafeInteger(Number(number)),
    );
    assert.ok(unsafe || naive.headerLength < 116, 'refused without a reason');
  }
}

describe('damaged frames are refused with the typed error or decoded as by the naive codec', () => {
  const originals = recordedFrames.map((recorded) => Buffer.from(recorded.hex, 'hex'));
  const [first = frameOf(), ...others] = originals;

  it('cut short', async () => {
    await seeded((random) => {
      for (let i = 0; i < 3000; i++) {
        const frame = random.pick([first, ...others]);
        assert.equal(decodeOrRefuse(frame.subarray(0, random.below(frame.length))), undefined);
      }
    });
  });

  it('with flipped bits', async () => {
    await seeded((random) => {
      for (let i = 0; i < 10_000; i++) {
        const frame = Buffer.from(random.pick([first, ...others]));
        for (let flips = random.between(1, 6); flips > 0; flips--) {
          // Mostly in the header, which the digest does not cover.
          const offset = random.below(random.chance(0.8) ? 120 : frame.length);
          frame.writeUInt8(frame.readUInt8(offset) ^ (1 << random.below(8)), offset);
        }
        assertAgrees(frame);
      }
    });
  });

  it('with bytes removed or inserted', async () => {
    await seeded((random) => {
      for (let i = 0; i < 3000; i++) {
        const frame = random.pick([first, ...others]);
        const at = random.below(frame.length);
        const drop = random.below(5);
        const inserted = random.bytes(random.below(5));
        assertAgrees(Buffer.concat([frame.subarray(0, at), inserted, frame.subarray(at + drop)]));
      }
    });
  });

  it('made of random bytes', async () => {
    await seeded((random) => {
      for (let i = 0; i < 10_000; i++) {
        const frame = random.bytes(random.below(300));
        // Half of them with a header length close to the correct one.
        if (frame.length >= 4 && random.chance(0.5)) frame.writeUInt32BE(random.between(110, 130));
        assertAgrees(frame);
      }
    });
  });
});
