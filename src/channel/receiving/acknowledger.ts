import type { Clock } from '../../lib/clock.ts';
import { exactCopy } from '../../lib/exact-copy.ts';
import { acknowledgementOf, type AcknowledgedMessage } from '../../protocol/acknowledgement.ts';
import { encodeClientMessage } from '../../protocol/client-message.ts';

/**
 * Acknowledgements that are repeated on the next socket, because the last ones on a socket that is cut may be
 * lost. The agent repeats only ten of its messages each second (docs/design/agent.md#losses), oldest first: each lost
 * acknowledgement delays the repair of what is really lost by 100 ms. 256 of them are a round trip of 250 ms at
 * its pace, and less than the service accepts at once.
 */
const REPEATED_MESSAGES = 256;

/** Makes acknowledgements, and remembers the last ones. */
export interface Acknowledger {
  /** The acknowledgement of a received message, encoded. */
  acknowledge(message: AcknowledgedMessage): Buffer;
  /** The last acknowledgements again, the earliest first. */
  repeat(): readonly Buffer[];
}

/** Overwritten by a later message: none is created for each. */
interface RecentMessage extends AcknowledgedMessage {
  messageType: string;
  readonly messageId: Buffer;
  sequenceNumber: number;
}

/** @param newMessageId - 16 bytes in wire order for each acknowledgement */
export function createAcknowledger(clock: Clock, newMessageId: () => Buffer): Acknowledger {
  const recent: RecentMessage[] = [];
  let next = 0;

  const remember = ({ messageType, messageId, sequenceNumber }: AcknowledgedMessage): void => {
    const slot = recent[next];
    if (slot === undefined) {
      // A view of the frame would keep its whole read of the network in memory.
      recent.push({ messageType, messageId: exactCopy(messageId), sequenceNumber });
    } else {
      slot.messageType = messageType;
      messageId.copy(slot.messageId);
      slot.sequenceNumber = sequenceNumber;
    }
    next = (next + 1) % REPEATED_MESSAGES;
  };
  const encode = (message: AcknowledgedMessage): Buffer =>
    encodeClientMessage(acknowledgementOf(message, newMessageId(), clock.now()));
  return {
    acknowledge(message) {
      remember(message);
      return encode(message);
    },
    repeat: () => [...recent.slice(next), ...recent.slice(0, next)].map(encode),
  };
}
