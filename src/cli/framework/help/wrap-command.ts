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
  const lines: string[] = [];
  let current = '';
  for (const word of line.match(SHELL_WORD) ?? []) {
    const available = (lines.length === 0 ? width : laterWidth) - CONTINUATION.length;
    if (current === '') current = word;
    else if (current.length + 1 + word.length <= available) current += ` ${word}`;
    else {
      lines.push(current + CONTINUATION);
      current = word;
    }
  }
  return [...lines, current];
}
