import { styleText } from 'node:util';
import figures from '@inquirer/figures';
import { printableLines } from '../../../lib/printable.ts';
import type { TerminalSize } from '../../../protocol/terminal-size.ts';
import { cellsOf, cutStartToCells, cutToCells } from '../../../terminal/cells.ts';
import { layOutTable, textOf } from '../../output/table.ts';
import type { PickList, PickState } from './pick-list.ts';

/** What a terminal shows of a list, which fits its width and its rows. */
export interface ListView {
  /** The first is the line in which the person types. */
  readonly lines: readonly string[];
  /** Cells before the cursor in the first line. */
  readonly column: number;
}

/** Before an item; the marked one has a pointer there. */
const MARGIN = '  ';
const POINTER = `${figures.pointer} `;
/** Cells for what is typed, even if the message has to be cut. */
const LEAST_FILTER_CELLS = 10;
/** Rows of a terminal that show, besides one item: what is typed; the keys; the header. */
const ROWS_WITH_KEYS = 3;
const ROWS_WITH_HEADER = 4;

/** Parts of the last line, in their order; those with a high number are left out first. */
const KEYS: readonly (readonly [string, number])[] = [
  ['type to filter', 1],
  ['↑↓ navigate', 4],
  ['⏎ select', 3],
  ['Esc leave', 2],
];
const BETWEEN_KEYS = ' • ';

type Style = (format: Parameters<typeof styleText>[0], text: string) => string;

const IN_COLOR: Style = (format, text) => styleText(format, text, { validateStream: false });
const PLAIN: Style = (_, text) => text;

/** Creates the view of a list in its states. */
export function createListView(
  list: PickList,
  withColors: boolean,
): (state: PickState, size: TerminalSize) => ListView {
  const style = withColors ? IN_COLOR : PLAIN;
  let laidOut: { readonly cols: number; readonly rows: readonly string[] } | undefined;

  /** The columns stay in place while the person types. */
  const rowsFor = (cols: number): readonly string[] => {
    if (laidOut?.cols !== cols) {
      const table = { columns: list.columns, rows: list.items.map(({ row }) => row) };
      const lines = layOutTable(table, cols - MARGIN.length);
      const rows = lines.map((parts) =>
        cutToCells(parts.map(textOf).join(''), cols - MARGIN.length),
      );
      laidOut = { cols, rows };
    }
    return laidOut.rows;
  };

  return (state, { cols, rows }) => {
    const [header = '', ...items] = rowsFor(cols);
    const { line, column } = filterLine(list.message, state, cols, style);
    const hasKeys = rows >= ROWS_WITH_KEYS;
    const hasHeader = rows >= ROWS_WITH_HEADER;
    const room = Math.max(0, rows - 1 - Number(hasKeys) - Number(hasHeader));
    const shown = windowOf(state, room).map((index) => {
      const text = items[index] ?? '';
      if (index === state.matches[state.marked]) return style('cyan', POINTER + text);
      return MARGIN + (list.items[index]?.isDimmed === true ? style('dim', text) : text);
    });
    return {
      lines: [
        line,
        ...(hasHeader ? [MARGIN + style('bold', header)] : []),
        ...(shown.length > 0 || room === 0
          ? shown
          : [MARGIN + 'Nothing matches.'.slice(0, cols - MARGIN.length)]),
        ...(hasKeys ? [style('dim', keysLine(state, list.items.length, cols))] : []),
      ],
      column,
    };
  };
}

/** The line that stays on the screen when an item was picked. */
export function pickedLine(message: string, picked: string, withColors: boolean): string {
  const style = withColors ? IN_COLOR : PLAIN;
  return `${style('bold', `? ${message}`)} ${style('cyan', picked)}`;
}

function filterLine(
  message: string,
  { filter, cursor }: PickState,
  cols: number,
  style: Style,
): { readonly line: string; readonly column: number } {
  const typed = (text: string): string => printableLines(text).replaceAll(/\s/g, ' ');
  const start = cutToCells(
    `? ${message}`,
    Math.max(cols - LEAST_FILTER_CELLS, Math.floor(cols / 2)),
  );
  const room = Math.max(0, cols - cellsOf(start) - 2);
  const before = cutStartToCells(typed(filter.slice(0, cursor)), room);
  const after = cutToCells(typed(filter.slice(cursor)), room - cellsOf(before));
  return {
    line: `${style('bold', start)} ${before}${after}`,
    column: Math.min(cols - 1, cellsOf(start) + 1 + cellsOf(before)),
  };
}

/** Indexes of the items in view, with the marked one in the middle where the ends allow it. */
function windowOf({ matches, marked }: PickState, room: number): readonly number[] {
  const first = Math.min(marked - Math.floor(room / 2), matches.length - room);
  return matches.slice(Math.max(0, first), Math.max(0, first) + room);
}

function keysLine({ matches }: PickState, count: number, cols: number): string {
  let keys = KEYS;
  const line = (): string =>
    [`${matches.length} of ${count}`, ...keys.map(([text]) => text)].join(BETWEEN_KEYS);
  while (cellsOf(line()) > cols && keys.length > 0) {
    const leastWanted = Math.max(...keys.map(([, order]) => order));
    keys = keys.filter(([, order]) => order !== leastWanted);
  }
  return cutToCells(line(), cols);
}
