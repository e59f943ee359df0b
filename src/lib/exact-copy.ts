/**
 * A copy that keeps no other bytes in memory. A payload is a view of one read of the network, which may be a
 * thousand times as long, and a slice of the runtime's pool would keep the whole pool.
 */
export function exactCopy(bytes: Buffer): Buffer {
  const copy = Buffer.allocUnsafeSlow(bytes.length);
  bytes.copy(copy);
  return copy;
}

/** The same of several pieces, one after another. */
export function exactConcat(pieces: readonly Buffer[]): Buffer {
  const [only] = pieces;
  if (only !== undefined && pieces.length === 1) return exactCopy(only);
  const joined = Buffer.allocUnsafeSlow(pieces.reduce((length, piece) => length + piece.length, 0));
  let at = 0;
  for (const piece of pieces) at += piece.copy(joined, at);
  return joined;
}
