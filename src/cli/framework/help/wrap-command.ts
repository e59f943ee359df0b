import { fillLines } from '../../output/wrap-text.ts';

/** A word as a POSIX shell reads it: quotes keep its spaces together. */
const SHELL_WORD = /(?:'[^']*'|"[^"]*"|\\.|[^\s'"\\])+/g;
/** With it at the end of a line, a shell reads the next line as its rest. */
const CONTINUATION = ' \\';

/**
 * Breaks a command line between its words, so that a shell still reads it as one command.
 *
 * @param width - of a line in columns; a word that is longer has a line of its own
 * @param laterWidth - of the lines after the first
 */
export function wrapCommand(line: string, width: number, laterWidth: number): readonly string[] {
  if (line.length <= width) return [line];
  const lines = fillLines(
    line.match(SHELL_WORD) ?? [],
    (index) => (index === 0 ? width : laterWidth) - CONTINUATION.length,
  );
  return lines.map((one, i) => (i === lines.length - 1 ? one : one + CONTINUATION));
}
