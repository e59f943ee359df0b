import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { it } from 'node:test';
import { decodeClientMessage, encodeClientMessage } from '../../src/protocol/client-message.ts';
import { ProtocolError } from '../../src/protocol/protocol-error.ts';
import { recordedFrames } from '../protocol/support/recorded-frames.ts';
import type { Random } from '../support/random.ts';
import { fuzz } from './support/cases.ts';
import { mutateBytes } from './support/mutations.ts';

const HEADER_LENGTH = 116;
const DIGEST_OFFSET = 80;
const PAYLOAD_OFFSET = 120;

const [first = Buffer.alloc(0), ...others] = recordedFrames.map(({ hex }) =>
  Buffer.from(hex, 'hex'),
);

/** A damaged frame; half of them get a valid digest, so that they reach the next checks. */
function damagedFrame(random: Random): Buffer {
  const frame = mutateBytes(random.pick([first, ...others]), random);
  if (frame.length < PAYLOAD_OFFSET || random.chance(0.5)) return frame;
  frame.writeUInt32BE(HEADER_LENGTH, 0);
  frame.writeUInt32BE(frame.length - PAYLOAD_OFFSET, HEADER_LENGTH);
  createHash('sha256').update(frame.subarray(PAYLOAD_OFFSET)).digest().copy(frame, DIGEST_OFFSET);
  return frame;
}

it('a damaged frame is refused, or means the same when it is written and read again', () =>
  fuzz(damagedFrame, (frame) => {
    try {
      const message = decodeClientMessage(frame);
      // The writer is for messages that exist: no text beyond ASCII, no negative number.
      const isWritable =
        message.sequenceNumber >= 0 && message.createdDate > 0 && message.flags >= 0;
      if (!isWritable || message.messageId.length === 0) return;
      assert.deepEqual(decodeClientMessage(encodeClientMessage(message)), message);
    } catch (error) {
      if (!(error instanceof ProtocolError)) throw error;
    }
  }));

it('random bytes are refused', () =>
  fuzz(
    (random) => random.bytes(random.below(400)),
    (frame) => {
      assert.throws(() => decodeClientMessage(frame), ProtocolError);
    },
  ));
