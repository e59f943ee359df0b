import { printable } from '../../lib/printable.ts';
import type { TextPart } from '../framework/command-context.ts';
import { cellsOf, fillCells } from '../../terminal/cells.ts';

/** Between two columns. */
const GAP = '  ';

/** A column of a table. */
export interface Column {
  readonly header: string;
  /** The header where the column is too narrow for the usual one. */
  readonly shortHeader?: string;
  /** Cells below which the column is not cut; `whole` when it is never cut. */
  readonly narrowest: number | 'whole';
  /**
   * Columns with a low number are left out first, when the terminal is too narrow for all; a column
   * without a number is always shown.
   */
  readonly dispensable?: number;
}

/** What is shown in lines and columns. */
export interface Table {
  readonly columns: readonly Column[];
  /** Each as long as `columns`. */
  readonly rows: readonly (readonly TextPart[])[];
}

/** A column that is shown: its index in each row, and its cells. */
interface ShownColumn {
  readonly index: number;
  readonly column: Column;
  readonly cells: number;
}

/** A table for people: its header and its rows, a line each ({@link layOutTable}). */
export function formatTable(table: Table, width: number): readonly TextPart[] {
  return layOutTable(table, width).flatMap((line): readonly TextPart[] => [...line, '\n']);
}

/**
 * The lines of a table, the header first. No line is wider than the terminal, unless the columns that are
 * never cut need more: dispensable columns are left out, then the widest columns are cut.
 *
 * @param width - cells of a line of the terminal
 */
export function layOutTable(
  { columns, rows }: Table,
  width: number,
): readonly (readonly TextPart[])[] {
  const lines = [columns.map(({ header }) => header), ...rows].map((row) => row.map(safePart));
  const shown = fitColumns(
    columns.map((column, index) => ({ index, column, cells: widest(lines, index) })),
    width,
  );
  return lines.map((line, i) => layOutLine(i === 0 ? headersOf(columns, shown) : line, shown));
}

function headersOf(columns: readonly Column[], shown: readonly ShownColumn[]): readonly string[] {
  return columns.map(({ header, shortHeader = header }, index) => {
    const cells = shown.find((column) => column.index === index)?.cells ?? 0;
    return cellsOf(header) <= cells ? header : shortHeader;
  });
}

/** The rows of a table for programs: a line each, with a tab between the columns, and no header. */
export function formatColumns({ rows }: Table): string {
  return rows.map((row) => `${row.map((part) => textOf(safePart(part))).join('\t')}\n`).join('');
}

/** The rows of a table as {@link layOutTable} lays them out, without its header: for a list in a text. */
export function layOutRows({ columns, rows }: Table, width: number): readonly string[] {
  const withoutHeaders = columns.map((column) => ({ ...column, header: '' }));
  const [, ...lines] = layOutTable({ columns: withoutHeaders, rows }, width);
  return lines.map((line) => line.map(textOf).join(''));
}

/** Makes columns fit a line: by leaving out, then by cutting. */
function fitColumns(columns: readonly ShownColumn[], width: number): readonly ShownColumn[] {
  const available = (count: number): number => width - GAP.length * (count - 1);
  let shown = columns;
  while (sum(shown.map(narrowestOf)) > available(shown.length)) {
    const [first] = shown
      .filter(({ column }) => column.dispensable !== undefined)
      .sort((a, b) => (a.column.dispensable ?? 0) - (b.column.dispensable ?? 0));
    if (first === undefined) break;
    shown = shown.filter((column) => column !== first);
  }
  return cutWidest(shown, available(shown.length));
}

function cutWidest(columns: readonly ShownColumn[], available: number): readonly ShownColumn[] {
  const cells = columns.map((column) => column.cells);
  let excess = sum(cells) - available;
  while (excess > 0) {
    const spare = columns.map((column, i) =>
      (cells[i] ?? 0) > narrowestOf(column) ? (cells[i] ?? 0) : 0,
    );
    const most = Math.max(0, ...spare);
    if (most === 0) break;
    const widestIndex = spare.indexOf(most);
    cells[widestIndex] = most - 1;
    excess--;
  }
  return columns.map((column, i) => ({ ...column, cells: cells[i] ?? column.cells }));
}

function narrowestOf({ column, cells }: ShownColumn): number {
  return column.narrowest === 'whole' ? cells : Math.min(cells, column.narrowest);
}

/** Nothing follows the last text of a line, not even spaces. */
function layOutLine(line: readonly TextPart[], shown: readonly ShownColumn[]): readonly TextPart[] {
  const last = shown.findLastIndex(({ index }) => textOf(line[index] ?? '') !== '');
  return shown.slice(0, last + 1).flatMap(({ index, cells }, i): TextPart[] => {
    const part = line[index] ?? '';
    const filled = fillCells(textOf(part), cells);
    const text = filled.trimEnd();
    const shownPart = typeof part === 'string' ? text : { ...part, text };
    return i === last ? [shownPart] : [shownPart, filled.slice(text.length) + GAP];
  });
}

function widest(lines: readonly (readonly TextPart[])[], index: number): number {
  return Math.max(0, ...lines.map((line) => cellsOf(textOf(line[index] ?? ''))));
}

function safePart(part: TextPart): TextPart {
  return typeof part === 'string' ? printable(part) : { ...part, text: printable(part.text) };
}

/** The text of a part without its color. */
export function textOf(part: TextPart): string {
  return typeof part === 'string' ? part : part.text;
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}
