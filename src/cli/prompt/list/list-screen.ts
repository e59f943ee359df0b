import type { Writable } from 'node:stream';
import type { TerminalSize } from '../../../protocol/terminal-size.ts';
import { cellsOf } from '../../../terminal/cells.ts';
import type { ListView } from './view-list.ts';

/** A list on a terminal, drawn again and again from the line on in which the cursor was. */
export interface ListScreen {
  /** Replaces what is shown. The cursor is then in the first line. */
  draw(view: ListView, size: TerminalSize): void;
  /** Removes what is shown. */
  erase(): void;
}

// ECMA-48, "cursor position", "cursor up", "cursor right", "erase in page".
const HOME = '\x1b[H';
const rowStart = (row: number): string => `\x1b[${row}H`;
const up = (rows: number): string => (rows === 0 ? '' : `\x1b[${rows}A`);
const right = (columns: number): string => (columns === 0 ? '' : `\x1b[${columns}C`);
const LINE_START = '\r';
const ERASE_BELOW = '\x1b[J';

/**
 * The terminal stays as it is set and the cursor stays visible, so nothing has to be restored, however the
 * program ends.
 */
export function createListScreen(out: Writable): ListScreen {
  let shown: readonly string[] = [];
  let shownColumns = Infinity;

  return {
    draw({ lines, column }, { cols, rows }) {
      const isBroken = cols < shownColumns && shown.some((line) => cellsOf(line) > cols);
      // The position of the cursor is then unknown, so the whole screen is moved up, out of the way.
      const begin = isBroken
        ? `${rowStart(rows)}${'\n'.repeat(rows)}${HOME}`
        : `${LINE_START}${ERASE_BELOW}`;
      const end = `${up(lines.length - 1)}${LINE_START}${right(column)}`;
      out.write(`${begin}${lines.join('\r\n')}${end}`);
      shown = lines;
      shownColumns = cols;
    },
    erase() {
      if (shown.length > 0) out.write(`${LINE_START}${ERASE_BELOW}`);
      shown = [];
    },
  };
}
