import type { Screen } from '../../support/screen.ts';
import type { Color, StyledText } from '../../support/styled-text.ts';

/** What of a screen a file shows. */
export type ShownScreen = Pick<Screen, 'rows' | 'styledRows' | 'brokenRows' | 'cursor'>;

/** After a row whose line goes on in the next one, beyond the edge of the terminal. */
const BROKEN = '↩';
/** The cursor, where there is no character. */
const CURSOR = '█';
const COLORS = ['black', 'red', 'green', 'yellow', 'blue', 'magenta', 'cyan', 'white'];

/** A line as wide as the terminal, which names its width. */
export function ruler(columns: readonly number[]): string {
  const [width = 0] = columns;
  const name = `──── ${columns.join(', ')} columns `;
  return name.padEnd(width, '─');
}

/**
 * The rows of a screen as lines of text.
 *
 * @param isOpen - the program still runs, so the cursor matters
 */
export function screenText(screen: ShownScreen, isOpen: boolean): string {
  const { row, column } = screen.cursor;
  const isAtBlank = (screen.rows[row] ?? '').length <= column;
  const lines = screen.rows.map((text, i) => {
    if (screen.brokenRows.has(i)) return wholeRow(screen, i) + BROKEN;
    return isOpen && i === row && isAtBlank ? text.padEnd(column) + CURSOR : text;
  });
  // After the end, the cursor is where the shell will ask for the next command.
  const shown = !isOpen && lines.at(-1) === '' ? lines.slice(0, -1) : lines;
  const at = isOpen && !isAtBlank ? [`(cursor: row ${row + 1}, column ${column + 1})`] : [];
  return [...shown, ...at].map((line) => `${line}\n`).join('');
}

/** With the blanks at its end. */
function wholeRow({ styledRows }: ShownScreen, row: number): string {
  return (styledRows[row] ?? []).map(({ text }) => text).join('');
}

/** How the texts look that do not look as usual, a line for each row. */
export function looksText({ styledRows }: ShownScreen): string {
  return styledRows
    .map((texts, row) => {
      const looks = texts.flatMap((text) => lookOf(text));
      return looks.length === 0 ? '' : `row ${row + 1}: ${looks.join(', ')}\n`;
    })
    .join('');
}

function lookOf({ text, style }: StyledText): readonly string[] {
  const names = [
    ...(style.isBold ? ['bold'] : []),
    ...(style.isDim ? ['dim'] : []),
    ...(style.isItalic ? ['italic'] : []),
    ...(style.isUnderlined ? ['underlined'] : []),
    ...(style.isInverse ? ['inverse'] : []),
    ...(style.foreground === undefined ? [] : [colorName(style.foreground)]),
    ...(style.background === undefined ? [] : [`on ${colorName(style.background)}`]),
  ];
  return names.length === 0 || text.trim() === '' ? [] : [`${names.join(' ')} "${text.trim()}"`];
}

function colorName(color: Color): string {
  if (typeof color === 'string') return color;
  const name = COLORS[color % COLORS.length] ?? '';
  if (color < COLORS.length) return name;
  return color < 2 * COLORS.length ? `bright ${name}` : `color ${color}`;
}
