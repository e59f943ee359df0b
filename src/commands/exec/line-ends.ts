import { PayloadType } from '../../protocol/payload-type.ts';
import type { OutputFilter } from '../../session/shell/output-filter.ts';

const CARRIAGE_RETURN = 0x0d;
const LINE_FEED = 0x0a;

/**
 * Undoes what a terminal does to the output of a program: it puts a carriage return before each line feed (termios(3),
 * ONLCR), so exactly one is removed there. Others stay.
 *
 * @param filter - comes first
 */
export function withoutCarriageReturns(filter: OutputFilter): OutputFilter {
  /** The last byte was a carriage return, which is not passed on yet. */
  let isPending = false;
  const convert = (bytes: Buffer): Buffer => {
    const converted = Buffer.alloc(bytes.length + 1);
    let length = 0;
    for (const byte of bytes) {
      if (isPending && byte !== LINE_FEED) converted[length++] = CARRIAGE_RETURN;
      isPending = byte === CARRIAGE_RETURN;
      if (!isPending) converted[length++] = byte;
    }
    return converted.subarray(0, length);
  };
  return {
    take(payloadType, payload) {
      const taken = filter.take(payloadType, payload);
      return payloadType === PayloadType.Output ? convert(taken) : taken;
    },
    rest() {
      const rest = convert(filter.rest());
      if (!isPending) return rest;
      isPending = false;
      return Buffer.concat([rest, Buffer.from([CARRIAGE_RETURN])]);
    },
    get exitStatus() {
      return filter.exitStatus;
    },
  };
}
