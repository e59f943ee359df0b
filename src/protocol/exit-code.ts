/**
 * Reads the exit status in an ExitCode payload, `EXIT_CODE: <n>`.
 *
 * @returns the number; undefined when the text is anything else
 */
export function parseExitCode(text: string): number | undefined {
  const match = /^\s*EXIT_CODE:\s*(-?\d{1,10})\s*$/.exec(text);
  return match?.[1] === undefined ? undefined : Number(match[1]);
}
