/** Converts anything thrown to an error: JavaScript can throw any value, and most callers need an error. */
export function asError(thrown: unknown): Error {
  return thrown instanceof Error ? thrown : new Error(String(thrown));
}
