import type { CommandContext } from '../framework/command-context.ts';
import { formatColumns, formatTable, type Table } from './table.ts';
import { printableJson } from '../../lib/printable.ts';

/** Spaces of indentation for each level of a JSON result: people read it, too. */
const JSON_INDENT = 2;

/**
 * Prints a list the way it is wanted: as JSON, as a table that fits the terminal, or, in a pipe, as
 * lines with tabs.
 *
 * @param items - what JSON shows, whole
 * @param table - what the other two show
 */
export function printList(
  context: CommandContext,
  items: readonly object[],
  table: Table,
): Promise<void> {
  if (context.options.json) return printJson(context, items);
  if (table.rows.length === 0) return Promise.resolve();
  const { columns } = context.terminal;
  return context.output.print(
    columns === undefined ? formatColumns(table) : formatTable(table, columns),
  );
}

/** Prints a result as JSON. */
export function printJson(context: CommandContext, value: object): Promise<void> {
  return context.output.print(`${printableJson(value, JSON_INDENT)}\n`);
}
