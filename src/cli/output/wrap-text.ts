import { cellsOf } from '../../terminal/cells.ts';

/** A command between backticks is one word: a part of it cannot be pasted. */
const WORD = /(?:`[^`\n]*`|\S)+/g;

/**
 * Breaks a text into lines at its spaces.
 *
 * @param width - of a line, in cells; a word that is wider has a line of its own
 */
export function wrapText(text: string, width: number): readonly string[] {
  if (cellsOf(text) <= width) return [text];
  return fillLines(text.match(WORD) ?? [], () => width);
}

/**
 * Fills lines with words, a space between two.
 *
 * @param widthOf - of a line, in cells, by its index; a word that is wider has a line of its own
 */
export function fillLines(
  words: readonly string[],
  widthOf: (index: number) => number,
): readonly string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of words) {
    const longer = line === '' ? word : `${line} ${word}`;
    if (line !== '' && cellsOf(longer) > widthOf(lines.length)) {
      lines.push(line);
      line = word;
    } else {
      line = longer;
    }
  }
  return [...lines, line];
}

/** Lines with a text before the first one, and as many spaces before the others. */
export function hangLines(lines: readonly string[], before: string): readonly string[] {
  return lines.map((line, i) => (i === 0 ? before : ' '.repeat(before.length)) + line);
}
