/** The message of anything thrown: of an error its message, of anything else its text. */
export function errorText(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
