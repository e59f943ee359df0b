const LINE_FEED = 0x0a;

/**
 * Cuts a stream of bytes at its line feeds.
 *
 * @param limit - bytes of the longest line that is expected: of a longer one, most of the rest is dropped
 * @returns takes the next bytes, and returns the lines that they complete, each without its line feed
 */
export function createLineSplitter(limit: number): (chunk: Buffer) => readonly Buffer[] {
  let rest: Buffer = Buffer.alloc(0);
  return (chunk) => {
    const lines: Buffer[] = [];
    let bytes = Buffer.concat([rest, chunk]);
    for (let at = bytes.indexOf(LINE_FEED); at !== -1; at = bytes.indexOf(LINE_FEED)) {
      lines.push(bytes.subarray(0, at));
      bytes = bytes.subarray(at + 1);
    }
    rest = bytes.subarray(0, limit);
    return lines;
  };
}
