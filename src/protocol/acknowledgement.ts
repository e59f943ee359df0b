import { MessageType, type ClientMessage } from './client-message.ts';
import { stringMember } from '../lib/json.ts';
import { parseJsonPayload } from './json-payload.ts';
import { formatMessageId } from './message-id.ts';
import { ProtocolError } from './protocol-error.ts';

/** SYN and FIN together: an acknowledgement is a stream of one message. */
const ACKNOWLEDGE_FLAGS = 3;

/** What an acknowledgement names of a message. */
export type AcknowledgedMessage = Pick<
  ClientMessage,
  'messageType' | 'messageId' | 'sequenceNumber'
>;

/**
 * The acknowledgement of a received stream message (docs/design/protocol.md#acknowledgement).
 *
 * @param received - the message to acknowledge
 * @param messageId - 16 bytes in wire order, new for this message
 * @param createdDate - milliseconds since the epoch
 */
export function acknowledgementOf(
  received: AcknowledgedMessage,
  messageId: Buffer,
  createdDate: number,
): ClientMessage {
  // Not written by JSON.stringify, because one is sent for every message received. Both texts are safe
  // in JSON: the type is a known one, the identifier is hexadecimal.
  const payload = Buffer.from(
    `{"AcknowledgedMessageType":"${received.messageType}","AcknowledgedMessageId":"${formatMessageId(received.messageId)}","AcknowledgedMessageSequenceNumber":${received.sequenceNumber},"IsSequentialMessage":true}`,
    'latin1',
  );
  return {
    messageType: MessageType.Acknowledge,
    sequenceNumber: 0,
    flags: ACKNOWLEDGE_FLAGS,
    messageId,
    createdDate,
    payloadType: 0,
    payload,
  };
}

/** The message that an acknowledgement names. */
export interface Acknowledgement {
  readonly messageType: string;
  readonly messageId: string;
  readonly sequenceNumber: number;
}

/**
 * Reads the payload of an acknowledgement.
 *
 * @throws ProtocolError `payload-malformed` when it is not JSON or names no sequence number
 */
export function parseAcknowledgement(payload: Buffer): Acknowledgement {
  const content = parseJsonPayload(payload, 'acknowledgement');
  const sequenceNumber = content['AcknowledgedMessageSequenceNumber'];
  if (typeof sequenceNumber !== 'number' || !Number.isSafeInteger(sequenceNumber)) {
    throw new ProtocolError('payload-malformed', 'acknowledgement names no sequence number');
  }
  return {
    messageType: stringMember(content, 'AcknowledgedMessageType'),
    messageId: stringMember(content, 'AcknowledgedMessageId'),
    sequenceNumber,
  };
}
