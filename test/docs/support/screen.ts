/** What a person sees of a terminal, its scrolled lines included. */
export interface Screen {
  /** From the top; no blanks at the end of a line. */
  readonly rows: readonly string[];
  /** The row of the cursor, and what stands in it in front of the cursor. */
  readonly cursorRow: number;
  readonly beforeCursor: string;
}

const ESC = '\x1b';
/** Control sequences (ECMA-48, 5.4), operating system commands, and the control characters that move. */
const CONTROL = new RegExp(
  ESC +
    String.raw`(?:\[([?>=]?)([\d;]*)[ -/]*([@-~])|\][^\x07\x1b]*(?:\x07|\x1b\\)|[78=>])|[\r\n\x08\x07]`,
  'g',
);
/** Rows that programs count from the top of (`CUP`); what is above has scrolled away. */
const HEIGHT = 40;

/**
 * Shows what a terminal makes of what was written to it: lines written over, the cursor moved, parts
 * erased. It is as wide as its longest line.
 */
export function render(written: string): Screen {
  const rows: string[][] = [[]];
  let row = 0;
  let column = 0;

  const line = (): string[] => {
    while (rows.length <= row) rows.push([]);
    return rows[row] ?? [];
  };
  const put = (text: string): void => {
    for (const character of text) {
      const cells = line();
      while (cells.length < column) cells.push(' ');
      cells[column++] = character;
    }
  };
  const erase = (final: string, parameter: string): void => {
    const cells = line();
    if (parameter === '' || parameter === '0') {
      cells.length = Math.min(cells.length, column);
      if (final === 'J') rows.length = row + 1;
    } else {
      for (let i = 0; i < (parameter === '1' ? column : cells.length); i++) cells[i] = ' ';
      if (final === 'J' && parameter === '2') rows.length = row + 1;
    }
  };
  const control = (final: string, parameters: string): void => {
    const [first = '', second = ''] = parameters.split(';');
    const count = Math.max(1, Number(first));
    switch (final) {
      case 'A':
        row = Math.max(0, row - count);
        break;
      case 'B':
        row += count;
        break;
      case 'C':
        column += count;
        break;
      case 'D':
        column = Math.max(0, column - count);
        break;
      case 'G':
        column = count - 1;
        break;
      case 'H':
        row = Math.max(0, rows.length - HEIGHT) + count - 1;
        column = Math.max(1, Number(second)) - 1;
        break;
      case 'J':
      case 'K':
        erase(final, first);
    }
  };

  let end = 0;
  for (const match of written.matchAll(CONTROL)) {
    const [whole, marker = '', parameters = '', final] = match;
    put(written.slice(end, match.index));
    end = match.index + whole.length;
    if (whole === '\r') column = 0;
    else if (whole === '\n') row++;
    else if (whole === '\b') column = Math.max(0, column - 1);
    else if (final !== undefined && marker === '') control(final, parameters);
  }
  put(written.slice(end));
  const beforeCursor = line().slice(0, column).join('');
  return { rows: rows.map((cells) => cells.join('').trimEnd()), cursorRow: row, beforeCursor };
}
