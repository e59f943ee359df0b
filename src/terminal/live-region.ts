import type { Writable } from 'node:stream';
import { stripVTControlCharacters } from 'node:util';
import { cellsOf } from './cells.ts';

/** Some lines at the end of what a terminal shows, written over again and again. */
export interface LiveRegion {
  /**
   * Replaces the shown lines by `lines`, and writes `above` before them for good. Of `lines` none is
   * wider than the terminal; those of `above` may be. The cursor is then at the start of the line after.
   */
  write(above: readonly string[], lines: readonly string[]): void;
}

/** Beginning of a line of its own; cursor up; erase to the end of the line, of the screen (ECMA-48). */
const LINE_START = '\r';
const cursorUp = (lines: number): string => (lines === 0 ? '' : `\x1b[${lines}A`);
const ERASE_LINE = '\x1b[K';
const ERASE_BELOW = '\x1b[J';

/**
 * A region at the end of a terminal, which begins where the cursor is. The cursor stays visible and the
 * terminal as it is set, so nothing has to be restored, however the program ends.
 *
 * @param columns - of the terminal now: one that is made narrower breaks the lines it shows
 */
export function createLiveRegion(out: Writable, columns: () => number): LiveRegion {
  let shown: readonly string[] = [];
  let shownColumns = columns();
  return {
    write(above, lines) {
      const width = columns();
      const isSame = lines.length === shown.length && lines.every((line, i) => line === shown[i]);
      if (above.length === 0 && isSame && width === shownColumns) return;
      const height = shown.reduce((sum, line) => sum + heightOf(line, width), 0);
      // A line above that is broken ends somewhere in the old region; nothing of that may stay.
      const erase = above.length > 0 || width < shownColumns ? ERASE_BELOW : '';
      const text = [...above, ...lines].map((line) => `${ERASE_LINE}${line}\n`).join('');
      out.write(`${LINE_START}${cursorUp(height)}${erase}${text}${ERASE_BELOW}`);
      shown = lines;
      shownColumns = width;
    },
  };
}

/** Lines of a terminal that one line of text takes. */
function heightOf(line: string, columns: number): number {
  return Math.max(1, Math.ceil(cellsOf(stripVTControlCharacters(line)) / columns));
}
