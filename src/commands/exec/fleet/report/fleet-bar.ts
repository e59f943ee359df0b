import { cellsOf } from '../../../../terminal/cells.ts';
import type { FleetCounts } from '../batches/fleet-state.ts';

/** Cells of the bar, and the width of a line below which it is left out. */
const BAR_CELLS = 24;
const NARROWEST_BAR = 8;

/** The line that shows how far a fleet is: `[=====>    ] 12 of 37 done, 2 failed, 20 running`. */
export function fleetLine({ total, done, failed, running }: FleetCounts, columns: number): string {
  const parts = [
    `${done} of ${total} done`,
    ...(failed === 0 ? [] : [`${failed} failed`]),
    `${running} running`,
  ];
  const text = parts.join(', ');
  const cells = Math.min(BAR_CELLS, columns - cellsOf(text) - '[] '.length);
  if (cells < NARROWEST_BAR) return text.slice(0, columns);
  const filled = total === 0 ? cells : Math.floor((done / total) * cells);
  return `[${'='.repeat(filled)}${' '.repeat(cells - filled)}] ${text}`;
}
