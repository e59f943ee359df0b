import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { acknowledgementOf, parseAcknowledgement } from '../../src/protocol/acknowledgement.ts';
import { decodeClientMessage, encodeClientMessage } from '../../src/protocol/client-message.ts';
import { formatMessageId } from '../../src/protocol/message-id.ts';
import { ProtocolError } from '../../src/protocol/protocol-error.ts';
import { seeded } from '../support/random.ts';
import { recordedFrames, type RecordedFrame } from './support/recorded-frames.ts';

const recordedAcknowledgements = recordedFrames.filter(
  ({ messageType }) => messageType === 'acknowledge',
);

function acknowledgedFrame(acknowledgement: RecordedFrame): RecordedFrame {
  const { messageId } = parseAcknowledgement(Buffer.from(acknowledgement.payload ?? ''));
  const frame = recordedFrames.find((other) => other.messageId === messageId);
  assert.ok(frame !== undefined, `no recorded frame ${messageId}`);
  return frame;
}

describe('an acknowledgement', () => {
  it('has the exact text that the agent reads', () => {
    const received = decodeClientMessage(Buffer.from(recordedFrames[0]?.hex ?? '', 'hex'));
    assert.equal(
      acknowledgementOf(received, Buffer.alloc(16), 1).payload.toString(),
      '{"AcknowledgedMessageType":"output_stream_data",' +
        '"AcknowledgedMessageId":"906430ae-1173-4a21-9b42-85c06327df30",' +
        '"AcknowledgedMessageSequenceNumber":0,"IsSequentialMessage":true}',
    );
  });

  it('has sequence number 0, flags 3, payload type 0 and the given values', () => {
    const received = decodeClientMessage(Buffer.from(recordedFrames[0]?.hex ?? '', 'hex'));
    const messageId = Buffer.alloc(16, 7);
    const { payload, ...header } = acknowledgementOf(received, messageId, 1234);
    assert.ok(payload.length > 0);
    assert.deepEqual(header, {
      messageType: 'acknowledge',
      sequenceNumber: 0,
      flags: 3,
      messageId,
      createdDate: 1234,
      payloadType: 0,
    });
  });

  for (const [i, recorded] of recordedAcknowledgements.entries()) {
    it(`is byte for byte the recorded one (${recorded.session}, ${i})`, () => {
      const received = decodeClientMessage(Buffer.from(acknowledgedFrame(recorded).hex, 'hex'));
      const { messageId } = decodeClientMessage(Buffer.from(recorded.hex, 'hex'));
      const written = acknowledgementOf(received, messageId, recorded.createdDate);
      assert.equal(encodeClientMessage(written).toString('hex'), recorded.hex);
    });
  }

  it('is decoded as it was encoded', async () => {
    await seeded((random) => {
      for (let i = 0; i < 200; i++) {
        const received = {
          messageType: random.pick(['input_stream_data', 'output_stream_data']),
          sequenceNumber: Math.floor(random.next() * 2 ** random.between(0, 53)),
          flags: 0,
          messageId: random.bytes(16),
          createdDate: 1,
          payloadType: 1,
          payload: Buffer.alloc(0),
        };
        const { payload } = acknowledgementOf(received, random.bytes(16), 1);
        assert.deepEqual(parseAcknowledgement(payload), {
          messageType: received.messageType,
          messageId: formatMessageId(received.messageId),
          sequenceNumber: received.sequenceNumber,
        });
      }
    });
  });

  for (const text of [
    '',
    'null',
    '[]',
    '{}',
    '{"AcknowledgedMessageSequenceNumber":"0"}',
    '{"AcknowledgedMessageSequenceNumber":0.5}',
    '{"AcknowledgedMessageSequenceNumber":9007199254740992}',
    '{"AcknowledgedMessageSequenceNumber":null}',
  ]) {
    it(`is refused when its payload is ${text === '' ? 'empty' : text}`, () => {
      assert.throws(
        () => parseAcknowledgement(Buffer.from(text)),
        (error) => error instanceof ProtocolError && error.reason === 'payload-malformed',
      );
    });
  }
});
