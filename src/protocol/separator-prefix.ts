/** Removes the prefix of a separate output from its payloads (docs/design/agent.md#separate-output). */
export interface PrefixRemover {
  /** @returns the payload without the agent's prefix */
  take(payload: Buffer): Buffer;
}

const LINE_FEED = 0x0a;
/** A lower byte is a whole character (RFC 3629). */
const FIRST_NON_ASCII = 0x80;
/** The agent keeps at most this many bytes of a read for the next one (its `processStdoutData`). */
const LONGEST_REST_BYTES = 3;

/**
 * Removes a document's separator prefix exactly where the agent adds it (its `shell.go`): before the
 * first read of a stream, and before each read that follows one with a line feed at its end. A payload
 * is one read, except for an incomplete character at its end: bytes that are not UTF-8, and the bytes
 * after them, begin the next payload, before the prefix.
 *
 * @param prefix - ASCII, as the agent requires; empty when there is none
 */
export function createPrefixRemover(prefix: string): PrefixRemover {
  const marker = Buffer.from(prefix, 'latin1');
  let isExpected = true;
  return {
    take(payload) {
      if (marker.length === 0) return payload;
      const at = isExpected && startsWithAt(payload, marker, 0) ? 0 : afterRest(payload, marker);
      const content =
        at === undefined
          ? payload
          : Buffer.concat([payload.subarray(0, at), payload.subarray(at + marker.length)]);
      // Without content, the agent has kept the whole read, and it begins the next payload.
      isExpected = content.at(-1) === LINE_FEED;
      return content;
    },
  };
}

/** Finds the prefix after the kept bytes of a read that ended with a line feed. */
function afterRest(payload: Buffer, marker: Buffer): number | undefined {
  if ((payload[0] ?? 0) < FIRST_NON_ASCII) return undefined;
  for (let at = 2; at <= LONGEST_REST_BYTES; at++) {
    if (payload[at - 1] === LINE_FEED && startsWithAt(payload, marker, at)) return at;
  }
  return undefined;
}

function startsWithAt(payload: Buffer, marker: Buffer, at: number): boolean {
  return payload.subarray(at, at + marker.length).equals(marker);
}
