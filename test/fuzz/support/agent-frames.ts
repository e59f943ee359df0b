import {
  decodeClientMessage,
  encodeClientMessage,
  MessageType,
  type ClientMessage,
} from '../../../src/protocol/client-message.ts';
import { ProtocolError } from '../../../src/protocol/protocol-error.ts';
import { recordedFrames } from '../../protocol/support/recorded-frames.ts';
import type { Random } from '../../support/random.ts';
import { mutateBytes } from './mutations.ts';

/** Far beyond all numbers that a test sends in order. */
const FAR_AHEAD = 1_000_000;
const PUBLICATION = [MessageType.StartPublication, MessageType.PausePublication] as const;
const STREAM_AND_MORE = [
  MessageType.OutputStreamData,
  MessageType.InputStreamData,
  'unknown_type',
] as const;

const [first = Buffer.alloc(0), ...others] = recordedFrames.map(({ hex }) =>
  Buffer.from(hex, 'hex'),
);

/** A whole frame from the agent or the service. */
export function frameOf(random: Random, message: Partial<ClientMessage>): Buffer {
  return encodeClientMessage({
    messageType: MessageType.OutputStreamData,
    sequenceNumber: 0,
    flags: 0,
    messageId: random.bytes(16),
    createdDate: 1_700_000_000_000,
    payloadType: 0,
    payload: Buffer.alloc(0),
    ...message,
  });
}

/**
 * A frame that must change nothing for a session: broken, unknown, repeated, far ahead, or an
 * acknowledgement of anything.
 *
 * @param next - the number of the next message in order
 */
export function idleFrame(random: Random, next: number): Buffer {
  switch (random.below(6)) {
    case 0:
      return random.bytes(random.below(300));
    case 1:
      return harmless(mutateBytes(random.pick([first, ...others]), random), next);
    case 2:
      return frameOf(random, { messageType: random.pick(PUBLICATION) });
    case 3:
      return frameOf(random, {
        messageType: MessageType.Acknowledge,
        payload: acknowledgement(random),
      });
    default:
      return frameOf(random, {
        messageType: random.pick(STREAM_AND_MORE),
        sequenceNumber: random.chance(0.5)
          ? random.below(next)
          : FAR_AHEAD + random.below(FAR_AHEAD),
        flags: random.below(4),
        payloadType: random.below(14),
        payload: random.bytes(random.below(100)),
      });
  }
}

function acknowledgement(random: Random): Buffer {
  if (random.chance(0.3)) return random.bytes(random.below(60));
  const number = random.chance(0.5) ? random.below(4) : random.below(FAR_AHEAD) - 10;
  return Buffer.from(JSON.stringify({ AcknowledgedMessageSequenceNumber: number }));
}

/** A damaged frame may by chance be a message in order, or the end: then it is cut short. */
function harmless(frame: Buffer, next: number): Buffer {
  try {
    const { messageType, sequenceNumber } = decodeClientMessage(frame);
    const isNew =
      messageType === MessageType.OutputStreamData &&
      sequenceNumber >= next &&
      sequenceNumber < FAR_AHEAD;
    return isNew || messageType === MessageType.ChannelClosed ? frame.subarray(0, 20) : frame;
  } catch (error) {
    if (!(error instanceof ProtocolError)) throw error;
    return frame;
  }
}
