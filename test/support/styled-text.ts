import type xterm from '@xterm/headless';

/** A colour of the palette (0–255), or one of its own. */
export type Color = number | `#${string}`;

/** How characters look. */
export interface TextStyle {
  readonly isBold: boolean;
  readonly isDim: boolean;
  readonly isItalic: boolean;
  readonly isUnderlined: boolean;
  readonly isInverse: boolean;
  /** Undefined for the terminal's own. */
  readonly foreground: Color | undefined;
  readonly background: Color | undefined;
}

/** Characters next to each other that look the same. */
export interface StyledText {
  readonly text: string;
  /** Of its first cell, from 0 on. */
  readonly column: number;
  /** In cells. */
  readonly width: number;
  readonly style: TextStyle;
}

const RGB_DIGITS = 6;

/** The texts of one row. @param end - columns to read */
export function styledTextsOf(row: xterm.IBufferLine, end: number): readonly StyledText[] {
  const texts: StyledText[] = [];
  for (let column = 0; column < end; column++) {
    const cell = row.getCell(column);
    const width = cell?.getWidth() ?? 0;
    // The second cell of a wide character.
    if (cell === undefined || width === 0) continue;
    const style = styleOf(cell);
    const text = cell.getChars() === '' ? ' ' : cell.getChars();
    const last = texts.at(-1);
    if (last !== undefined && isSameStyle(last.style, style)) {
      texts[texts.length - 1] = { ...last, text: last.text + text, width: last.width + width };
    } else {
      texts.push({ text, column, width, style });
    }
  }
  return texts;
}

function styleOf(cell: xterm.IBufferCell): TextStyle {
  return {
    isBold: cell.isBold() !== 0,
    isDim: cell.isDim() !== 0,
    isItalic: cell.isItalic() !== 0,
    isUnderlined: cell.isUnderline() !== 0,
    isInverse: cell.isInverse() !== 0,
    foreground: cell.isFgDefault() ? undefined : colorOf(cell.isFgRGB(), cell.getFgColor()),
    background: cell.isBgDefault() ? undefined : colorOf(cell.isBgRGB(), cell.getBgColor()),
  };
}

function colorOf(isRgb: boolean, color: number): Color {
  return isRgb ? `#${color.toString(16).padStart(RGB_DIGITS, '0')}` : color;
}

function isSameStyle(a: TextStyle, b: TextStyle): boolean {
  return (
    a.isBold === b.isBold &&
    a.isDim === b.isDim &&
    a.isItalic === b.isItalic &&
    a.isUnderlined === b.isUnderlined &&
    a.isInverse === b.isInverse &&
    a.foreground === b.foreground &&
    a.background === b.background
  );
}
