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
  const lines: string[] = [];
  let line = '';
  for (const [word] of text.matchAll(WORD)) {
    const longer = line === '' ? word : `${line} ${word}`;
    if (line !== '' && cellsOf(longer) > width) {
      lines.push(line);
      line = word;
    } else {
      line = longer;
    }
  }
  return [...lines, line];
}
