/** What was thrown, as an error: JavaScript throws anything, and most who pass it on want an error. */
export function asError(thrown: unknown): Error {
  return thrown instanceof Error ? thrown : new Error(String(thrown));
}
