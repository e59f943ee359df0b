import type { CommandContext } from '../framework/command-context.ts';
import type { Table } from './table.ts';
import { printableJson } from '../../lib/printable.ts';

/** Spaces of indentation for each level of a JSON result: people read it, too. */
const JSON_INDENT = 2;

/**
 * Prints a list: as JSON, as a table that fits the terminal, or, in a pipe, as lines with tabs.
 *
 * @param items - what JSON shows, whole
 * @param table - what the other two show
 */
export async function printList(
  context: CommandContext,
  items: readonly object[],
  table: Table,
): Promise<void> {
  if (context.options.json) {
    await printJson(context, items);
    return;
  }
  if (table.rows.length === 0) return;
  const { formatColumns, formatTable } = await import('./table.ts');
  const { columns } = context.terminal;
  await context.output.print(
    columns === undefined ? formatColumns(table) : formatTable(table, columns),
  );
}

/** Prints a result as JSON. */
export function printJson(context: CommandContext, value: object): Promise<void> {
  return context.output.print(`${printableJson(value, JSON_INDENT)}\n`);
}
