/** What was thrown, as a text for people: an error's message, anything else as it writes itself. */
export function errorText(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
