/**
 * A copy that keeps no other bytes in memory. A payload is a view of one read of the network, which may be a
 * thousand times as long, and a slice of the runtime's pool would keep the whole pool.
 */
export function exactCopy(bytes: Buffer): Buffer {
  const copy = Buffer.allocUnsafeSlow(bytes.length);
  bytes.copy(copy);
  return copy;
}
