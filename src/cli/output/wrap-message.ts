import { cellsOf } from './cells.ts';

/** A command between backticks is one word, whatever is around it: a part of it cannot be pasted. */
const WORD = /(?:`[^`\n]*`|\S)+/g;
/** Indented lines are commands to paste or rows of a list; so is what follows `Help:`. They stay whole. */
const WHOLE_LINE = /^(?: {2}|Help: )/;

/**
 * Breaks the lines of a message at its spaces, where a terminal would break its words. A word that is
 * wider has a line of its own, and commands stay whole.
 *
 * @param text - its lines end with line breaks
 * @param columns - of the terminal; 0 for one that does not know them, and breaks nothing
 */
export function wrapMessage(text: string, columns: number): string {
  return text
    .split('\n')
    .flatMap((line) => (fits(line, columns) ? [line] : wrapLine(line, columns)))
    .join('\n');
}

function fits(line: string, columns: number): boolean {
  return columns === 0 || WHOLE_LINE.test(line) || cellsOf(line) <= columns;
}

function wrapLine(line: string, columns: number): readonly string[] {
  const lines: string[] = [];
  let current = '';
  for (const [word] of line.matchAll(WORD)) {
    const longer = current === '' ? word : `${current} ${word}`;
    if (current !== '' && cellsOf(longer) > columns) {
      lines.push(current);
      current = word;
    } else {
      current = longer;
    }
  }
  return [...lines, current];
}
