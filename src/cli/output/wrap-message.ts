import { wrapText } from './wrap-text.ts';

/** Indented lines are commands to paste or rows of a list; so is what follows `Help:`. They stay whole. */
const WHOLE_LINE = /^(?: {2}|Help: )/;

/**
 * Breaks the lines of a message at its spaces, where a terminal would break its words. Commands stay whole.
 *
 * @param text - its lines end with line breaks
 * @param columns - of the terminal; 0 for one that does not know them, and breaks nothing
 */
export function wrapMessage(text: string, columns: number): string {
  if (columns === 0) return text;
  return text
    .split('\n')
    .flatMap((line) => (WHOLE_LINE.test(line) ? [line] : wrapText(line, columns)))
    .join('\n');
}
