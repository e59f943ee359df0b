import { randomBytes, randomUUID } from 'node:crypto';
import {
  encodeClientMessage,
  FRAME_OVERHEAD_BYTES,
  MessageType,
} from '../../../src/protocol/client-message.ts';
import { messageIdFromRandom } from '../../../src/protocol/message-id.ts';

const MESSAGE_TYPE_OFFSET = 4;
const MESSAGE_TYPE_BYTES = 32;
const ID_BYTES = 16;

/**
 * start_publication or pause_publication as it may come from the service: a header in which nothing
 * but the type is filled in (docs/design/protocol.md#message-types).
 */
export function publicationFrame(
  type: typeof MessageType.StartPublication | typeof MessageType.PausePublication,
): Buffer {
  const frame = Buffer.alloc(FRAME_OVERHEAD_BYTES);
  frame.write(type.padEnd(MESSAGE_TYPE_BYTES, ' '), MESSAGE_TYPE_OFFSET, 'latin1');
  return frame;
}

/**
 * The message of the service that a session has ended.
 *
 * @param output - why, for the user; empty on an ordinary end
 * @param now - milliseconds since the epoch
 */
export function channelClosedFrame(sessionId: string, output: string, now: number): Buffer {
  const payload = Buffer.from(
    JSON.stringify({
      MessageId: randomUUID(),
      CreatedDate: new Date(now).toISOString(),
      DestinationId: sessionId,
      SessionId: sessionId,
      MessageType: MessageType.ChannelClosed,
      SchemaVersion: 1,
      Output: output,
    }),
  );
  return encodeClientMessage({
    messageType: MessageType.ChannelClosed,
    sequenceNumber: 0,
    flags: 0,
    messageId: messageIdFromRandom(randomBytes(ID_BYTES)),
    createdDate: now,
    payloadType: 0,
    payload,
  });
}
