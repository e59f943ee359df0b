import { MessageType } from '../../../../../src/protocol/client-message.ts';
import type { Random } from '../../../../support/random.ts';
import { frameOf } from '../../agent-frames.ts';
import { mutateBytes } from '../../mutations.ts';

const OFFSETS = {
  headerLength: 0,
  createdDate: 40,
  sequenceNumber: 48,
  messageId: 64,
  digest: 80,
  payloadType: 112,
  payloadLength: 116,
};
/** Sequence numbers at which readers of 64-bit numbers go wrong. */
const SEQUENCE_NUMBERS = [
  -1n,
  2n ** 31n,
  2n ** 53n - 1n,
  2n ** 53n,
  2n ** 63n - 1n,
  -(2n ** 63n),
] as const;
const LENGTHS = [0, 1, 115, 117, 120, 0x7fff_ffff, 0xffff_ffff] as const;

/** One frame on a bad way: what arrives at once, and what arrives after later frames. */
export interface Disturbed {
  readonly now: readonly Buffer[];
  readonly later: readonly Buffer[];
}

/** Damages, repeats, delays or loses a frame. */
export function disturb(frame: Buffer, random: Random): Disturbed {
  switch (random.below(6)) {
    case 0:
      return { now: [], later: [] };
    case 1:
      return { now: [], later: [frame] };
    case 2:
      return { now: [frame, frame], later: [] };
    case 3:
      return { now: [damage(frame, random), frame], later: [] };
    default:
      return { now: [damage(frame, random)], later: [] };
  }
}

function damage(frame: Buffer, random: Random): Buffer {
  const copy = Buffer.from(frame);
  switch (random.below(8)) {
    case 0:
      return copy.subarray(0, random.below(copy.length));
    case 1:
      return Buffer.concat([copy, random.bytes(random.between(1, 20))]);
    case 2:
      copy.writeUInt8(copy.readUInt8(OFFSETS.digest) ^ 1, OFFSETS.digest);
      return copy;
    case 3:
      copy.writeBigInt64BE(random.pick(SEQUENCE_NUMBERS), OFFSETS.sequenceNumber);
      return copy;
    case 4:
      copy.writeUInt32BE(random.pick(LENGTHS), OFFSETS.headerLength);
      return copy;
    case 5:
      copy.writeUInt32BE(random.pick(LENGTHS), OFFSETS.payloadLength);
      return copy;
    case 6:
      copy.writeBigInt64BE(0n, OFFSETS.createdDate);
      return copy;
    default:
      return mutateBytes(copy, random);
  }
}

const OTHER_TYPES = [
  MessageType.StartPublication,
  MessageType.PausePublication,
  MessageType.InputStreamData,
  'unknown_type',
  'channel_closed_not',
] as const;

/** A frame that no agent would send now: of an unknown type, or an acknowledgement of anything. */
export function strangeFrame(random: Random): Buffer {
  switch (random.below(3)) {
    case 0:
      return random.bytes(random.below(300));
    case 1:
      return frameOf(random, {
        messageType: random.pick(OTHER_TYPES),
        sequenceNumber: random.below(100),
        payload: random.bytes(random.below(50)),
      });
    default:
      return frameOf(random, {
        messageType: MessageType.Acknowledge,
        payload: strangeAcknowledgement(random),
      });
  }
}

function strangeAcknowledgement(random: Random): Buffer {
  if (random.chance(0.3)) return random.bytes(random.below(60));
  const number = random.pick<unknown>([random.below(200), -1, 1e300, '7', null, 0.5]);
  return Buffer.from(JSON.stringify({ AcknowledgedMessageSequenceNumber: number }));
}
