import { quantity, shortQuantity } from '../../../cli/output/quantity.ts';
import { cellsOf, cutStartToCells, fillCells } from '../../../terminal/cells.ts';
import type { CopiedItem } from './copied-item.ts';
import { clockText } from './rate.ts';

/** Cells that the name of a file gets at least, before the columns after it are left out. */
const NARROWEST_NAME = 12;
const GAP = '  ';
const PERCENT = 100;

/**
 * The line that shows a copy: file, per cent, bytes, rate, time left. Columns that do not fit are left out, the last
 * ones first; of a long name the end is shown.
 *
 * @param rate - bytes a second
 * @param columns - the width, in cells
 */
export function progressLine(item: CopiedItem, rate: number, columns: number): string {
  const parts = [...percent(item), shortQuantity(item.bytes), ...speed(item, rate)];
  let rest = parts;
  while (rest.length > 0 && columns - textOf(rest).length < NARROWEST_NAME) {
    rest = rest.slice(0, -1);
  }
  const room = columns - textOf(rest).length;
  const name = cutStartToCells(item.current, room);
  const width = Math.max(nameCells(columns), cellsOf(name));
  return fillCells(name, Math.min(room, width)) + textOf(rest);
}

/** The columns keep their places while names of usual length change. */
function nameCells(columns: number): number {
  return Math.floor(columns / 2);
}

function textOf(parts: readonly string[]): string {
  return parts.map((part) => `${GAP}${part}`).join('');
}

function percent({ bytes, total }: CopiedItem): readonly string[] {
  if (total === undefined || total === 0) return [];
  const whole = Math.min(PERCENT, Math.floor((bytes / total) * PERCENT));
  return [`${whole} %`.padStart(5)];
}

function speed({ bytes, total }: CopiedItem, rate: number): readonly string[] {
  if (rate <= 0) return [];
  const text = `${shortQuantity(rate)}/s`;
  if (total === undefined) return [text];
  return [text, `${clockText(Math.max(0, total - bytes) / rate)} left`];
}

/**
 * The line about a copy that is done: `Copied web:/var/log/syslog to ./syslog: 1.5 MiB in 0:03 (512.0 KiB/s)`.
 *
 * @param seconds - that it took
 * @param files - of a directory
 */
export function copiedLine(item: CopiedItem, seconds: number, files: number | undefined): string {
  const sent = item.bytes - item.resumedAt;
  const rate = seconds > 0 ? ` (${quantity(Math.round(sent / seconds))}/s)` : '';
  const count = files === undefined ? '' : `${files} ${files === 1 ? 'file' : 'files'}, `;
  return `Copied ${item.source} to ${item.destination}: ${count}${quantity(item.bytes)} in ${clockText(seconds)}${rate}`;
}
