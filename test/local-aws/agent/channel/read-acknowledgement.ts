import { parseAcknowledgement } from '../../../../src/protocol/acknowledgement.ts';
import { MessageType } from '../../../../src/protocol/client-message.ts';

/** How acknowledgements of the agent's messages begin and continue, with an identifier in between. */
const BEGINNING = Buffer.from(
  '{"AcknowledgedMessageType":"output_stream_data","AcknowledgedMessageId":"',
);
const MIDDLE = Buffer.from('","AcknowledgedMessageSequenceNumber":');
const ID_CHARACTERS = 36;
const NUMBER_OFFSET = BEGINNING.length + ID_CHARACTERS + MIDDLE.length;
const COMMA = 0x2c;
const ZERO = 0x30;
const NINE = 0x39;
/** More digits may be beyond 2^53. */
const MAX_DIGITS = 15;

/**
 * Reads which of the agent's messages is acknowledged. One comes for every message that goes out, so
 * the usual form is read without making objects of it.
 *
 * @returns undefined when something else is acknowledged
 * @throws ProtocolError `payload-malformed`
 */
export function readAcknowledgement(payload: Buffer): number | undefined {
  const usual = readUsualForm(payload);
  if (usual !== undefined) return usual;
  const { messageType, sequenceNumber } = parseAcknowledgement(payload);
  return messageType === MessageType.OutputStreamData ? sequenceNumber : undefined;
}

function readUsualForm(payload: Buffer): number | undefined {
  if (
    payload.length <= NUMBER_OFFSET ||
    BEGINNING.compare(payload, 0, BEGINNING.length) !== 0 ||
    MIDDLE.compare(payload, NUMBER_OFFSET - MIDDLE.length, NUMBER_OFFSET) !== 0
  ) {
    return undefined;
  }
  let number = 0;
  for (let i = NUMBER_OFFSET; i < payload.length && i <= NUMBER_OFFSET + MAX_DIGITS; i++) {
    const character = payload[i] ?? 0;
    if (character === COMMA) return i === NUMBER_OFFSET ? undefined : number;
    if (character < ZERO || character > NINE) return undefined;
    number = number * 10 + character - ZERO;
  }
  return undefined;
}
