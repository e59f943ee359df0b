import { printable } from '../../lib/printable.ts';

/** Between two columns. */
const GAP = '  ';
/** A column is not made narrower than this. */
const NARROWEST_COLUMN = 6;
const CUT = '…';

/** What is shown in lines and columns. */
export interface Table {
  readonly header: readonly string[];
  /** Each as long as the header. */
  readonly rows: readonly (readonly string[])[];
}

/**
 * A table for people, with its header, no line longer than the terminal is wide as long as that leaves
 * something of each column: the widest columns are cut first.
 *
 * @param width - columns of the terminal
 */
export function formatTable(table: Table, width: number): string {
  const rows = [table.header, ...table.rows].map((row) => row.map(printable));
  const widths = fitted(
    table.header.map((_, i) => Math.max(...rows.map((row) => lengthOf(row[i] ?? '')))),
    width - GAP.length * (table.header.length - 1),
  );
  return rows.map((row) => `${alignedRow(row, widths)}\n`).join('');
}

/** The rows of a table for programs: a line each, with a tab between the columns, and no header. */
export function formatColumns({ rows }: Table): string {
  return rows.map((row) => `${row.map(printable).join('\t')}\n`).join('');
}

/** Rows in columns as wide as their widest cell, for lists to choose from. */
export function alignRows(rows: readonly (readonly string[])[]): readonly string[] {
  const cells = rows.map((row) => row.map(printable));
  const widths: number[] = [];
  for (const row of cells) {
    row.forEach((cell, i) => (widths[i] = Math.max(widths[i] ?? 0, lengthOf(cell))));
  }
  return cells.map((row) => alignedRow(row, widths));
}

function fitted(widths: readonly number[], available: number): readonly number[] {
  const result = [...widths];
  for (;;) {
    const total = result.reduce((sum, columnWidth) => sum + columnWidth, 0);
    const widest = Math.max(...result);
    if (total <= available || widest <= NARROWEST_COLUMN) return result;
    result[result.indexOf(widest)] = widest - 1;
  }
}

function alignedRow(row: readonly string[], widths: readonly number[]): string {
  return row
    .map((cell, i) => padded(cell, widths[i] ?? 0))
    .join(GAP)
    .trimEnd();
}

function padded(cell: string, width: number): string {
  const characters = Array.from(cell);
  return characters.length > width
    ? `${characters.slice(0, width - 1).join('')}${CUT}`
    : cell + ' '.repeat(width - characters.length);
}

/** Characters, not UTF-16 units. */
function lengthOf(text: string): number {
  return Array.from(text).length;
}
