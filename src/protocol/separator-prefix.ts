/** Takes the prefix of a separate output out of its payloads (docs/design/agent.md#separate-output). */
export interface PrefixRemover {
  /** @returns the payload without what the agent has put in */
  take(payload: Buffer): Buffer;
}

const LINE_FEED = 0x0a;
/** Below it, a byte is a character of its own (RFC 3629). */
const FIRST_NON_ASCII = 0x80;
/** The agent keeps at most so many bytes of a read for the next one (its `processStdoutData`). */
const LONGEST_REST_BYTES = 3;

/**
 * Removes a document's separator prefix exactly where the agent puts it (its `shell.go`): in front of a
 * stream's first read, and of each read behind one that ended with a line feed. A payload is one read,
 * but for its end when that is no whole character: bytes that are no UTF-8, and what follows them, open
 * the next payload, in front of the prefix.
 *
 * @param prefix - ASCII, as the agent asks for; empty when there is none
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
      // Without content the whole read was kept back, and opens the next payload.
      isExpected = content.at(-1) === LINE_FEED;
      return content;
    },
  };
}

/** Where the prefix stands behind what was left of a read that ended with a line feed. */
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
