import { printable } from '../../lib/printable.ts';
import type { WaitSubject } from '../../aws/report-wait.ts';
import { cellsOf, cutToCells } from '../../terminal/cells.ts';
import type { StatusLine } from './status-line.ts';
import type { LongWait, ShowWait } from './waits.ts';

const CUT = '…';

/** Counts the seconds of a wait in a status line. */
export function showInStatusLine(status: StatusLine): ShowWait {
  return (wait) =>
    status.show(wait === undefined ? undefined : (columns) => waitingText(wait, columns));
}

/**
 * Writes a line for each thing that is waited for, once.
 *
 * @param writeLine - takes a line without its line break
 */
export function showAsLines(writeLine: (line: string) => void): ShowWait {
  const written = new Set<string>();
  return (wait) => {
    if (wait === undefined) return;
    const line = `${fullText(wait.subject)}${CUT}`;
    if (written.has(line)) return;
    written.add(line);
    writeLine(line);
  };
}

/** A line of at most this many columns. The place is left out first; the seconds are never cut. */
export function waitingText({ subject, seconds }: LongWait, columns: number): string {
  const time = ` ${seconds} s`;
  const room = Math.max(CUT.length, columns - time.length);
  const full = fullText(subject) + CUT;
  const text = cellsOf(full) <= room ? full : cutToCells(nameText(subject) + CUT, room);
  return `${text}${time}`.slice(0, columns);
}

function nameText({ name }: WaitSubject): string {
  return `Waiting for ${printable(name)}`;
}

function fullText(subject: WaitSubject): string {
  return `${nameText(subject)} (${printable(subject.place)})`;
}
