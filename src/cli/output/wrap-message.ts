import { cellsOf } from '../../terminal/cells.ts';
import { wrapText } from './wrap-text.ts';

/** Indented lines are commands to paste or rows of a list: they stay whole. */
const WHOLE_LINE = /^ {2}/;
const INDENT = '  ';
/** The same for the command of this line, which is below its label when it has no room beside it. */
const HELP_LINE = /^(Help:) +(.*)$/;

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
    .flatMap((line) => wrapLine(line, columns))
    .join('\n');
}

function wrapLine(line: string, columns: number): readonly string[] {
  if (cellsOf(line) <= columns || WHOLE_LINE.test(line)) return [line];
  const [, label, command] = HELP_LINE.exec(line) ?? [];
  return label === undefined || command === undefined
    ? wrapText(line, columns)
    : [label, cellsOf(command) + INDENT.length > columns ? command : INDENT + command];
}
