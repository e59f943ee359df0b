import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import {
  MessageType,
  decodeClientMessage,
  encodeClientMessage,
  type ClientMessage,
} from '../../src/protocol/client-message.ts';
import { formatMessageId } from '../../src/protocol/message-id.ts';
import { seeded, type Random } from '../support/random.ts';
import { naiveDecode, naiveEncode, type NaiveMessage } from './support/naive-codec.ts';
import { recordedFrames } from './support/recorded-frames.ts';

/** A message as the naive codec sees it. */
function naive(message: ClientMessage): NaiveMessage {
  return {
    headerLength: 116,
    messageType: message.messageType,
    schemaVersion: 1,
    createdDate: BigInt(message.createdDate),
    sequenceNumber: BigInt(message.sequenceNumber),
    flags: BigInt(message.flags),
    messageId: formatMessageId(message.messageId),
    payloadType: message.payloadType,
    payload: new Uint8Array(message.payload),
  };
}

function randomMessage(random: Random): ClientMessage {
  return {
    messageType: random.pick([
      MessageType.InputStreamData,
      MessageType.OutputStreamData,
      MessageType.Acknowledge,
      MessageType.ChannelClosed,
      'x',
      'a_type_of_thirty_two_characters_',
    ]),
    // Small numbers, and every number of bits up to 2^53 - 1.
    sequenceNumber: Math.floor(random.next() * 2 ** random.between(0, 53)),
    flags: random.below(4),
    messageId: random.bytes(16),
    createdDate: 1 + Math.floor(random.next() * 2 ** random.between(0, 52)),
    payloadType: random.chance(0.9) ? random.below(13) : Math.floor(random.next() * 2 ** 32),
    payload: random.bytes(random.chance(0.1) ? random.below(70_000) : random.below(1100)),
  };
}

describe('recorded frames', () => {
  for (const [i, recorded] of recordedFrames.entries()) {
    const frame = Buffer.from(recorded.hex, 'hex');
    const title = `${recorded.session}, frame ${i}, ${recorded.messageType}`;

    it(`${title}: read as recorded`, () => {
      const message = decodeClientMessage(frame);
      assert.equal(message.messageType, recorded.messageType);
      assert.equal(message.sequenceNumber, recorded.sequenceNumber);
      assert.equal(message.flags, recorded.flags);
      assert.equal(message.payloadType, recorded.payloadType);
      assert.equal(formatMessageId(message.messageId), recorded.messageId);
      assert.equal(message.createdDate, recorded.createdDate);
      assert.deepEqual(message.payload, frame.subarray(120));
      if (recorded.payload !== undefined) {
        assert.equal(message.payload.toString(), recorded.payload);
      }
    });

    it(`${title}: written as recorded`, () => {
      const [a = '', b = '', c = '', d = '', e = ''] = recorded.messageId.split('-');
      const written = encodeClientMessage({
        messageType: recorded.messageType,
        sequenceNumber: recorded.sequenceNumber,
        flags: recorded.flags,
        // The UUID's second half is first in the frame.
        messageId: Buffer.from(d + e + a + b + c, 'hex'),
        createdDate: recorded.createdDate,
        payloadType: recorded.payloadType,
        payload:
          recorded.payload === undefined ? frame.subarray(120) : Buffer.from(recorded.payload),
      });
      assert.equal(written.toString('hex'), recorded.hex);
    });

    it(`${title}: the naive codec agrees`, () => {
      assert.deepEqual(naiveDecode(frame), naive(decodeClientMessage(frame)));
    });
  }
});

describe('random messages', () => {
  it('are encoded as by the naive codec', async () => {
    await seeded((random) => {
      for (let i = 0; i < 2000; i++) {
        const message = randomMessage(random);
        const frame = encodeClientMessage(message);
        assert.equal(frame.length, 120 + message.payload.length);
        assert.deepEqual(new Uint8Array(frame), naiveEncode(naive(message)));
      }
    });
  });

  it('are decoded as they were encoded, at any place in memory', async () => {
    await seeded((random) => {
      for (let i = 0; i < 2000; i++) {
        const message = randomMessage(random);
        const written = encodeClientMessage(message);
        const before = random.below(9);
        const frame = Buffer.concat([random.bytes(before), written]).subarray(before);
        assert.deepEqual(decodeClientMessage(frame), message);
      }
    });
  });
});

describe('a payload', () => {
  it('is a view of the frame, not a copy', () => {
    const frame = Buffer.from(recordedFrames[0]?.hex ?? '', 'hex');
    assert.equal(decodeClientMessage(frame).payload.buffer, frame.buffer);
  });
});
