import { domainToASCII } from 'node:url';
import type { TerminalSize } from '../../protocol/terminal-size.ts';
import { endpointText } from '../../lib/endpoint-text.ts';
import { printable } from '../../lib/printable.ts';
import { cutToCells, fillCells } from '../../terminal/cells.ts';
import { shortestQuantity, shortQuantity } from '../output/quantity.ts';
import type { LocalAddress } from '../ports/forwarded-port.ts';
import { localPathOf, remoteText, reverseText, type Forward } from '../ports/forward.ts';
import { colorOf, DIM, longestState, stateText, type StateRow } from './state-text.ts';

/** What a row shows of one forwarded port. */
export interface PortRow extends StateRow {
  readonly forward: Forward;
  readonly local: LocalAddress;
  /** Connections that are open. */
  readonly open: number;
  /** All connections there have been. */
  readonly connections: number;
  /** Bytes a second, from local programs. */
  readonly up: number;
  /** Bytes a second, to local programs. */
  readonly down: number;
  /** Bytes, from local programs. */
  readonly sent: number;
  /** Bytes, to local programs. */
  readonly received: number;
}

/** A moment at which rows are shown. */
export interface ViewMoment {
  readonly size: TerminalSize;
  /** Monotonic milliseconds. */
  readonly now: number;
  readonly color: boolean;
  /** `destinations` have no local port of their own, and are open, not listening. */
  readonly columns: 'ports' | 'destinations';
}

interface Column {
  readonly header: string;
  readonly align: 'left' | 'right';
  /** Reserved width, so that the columns after it do not move when a value grows. */
  readonly least: number;
  readonly cell: (row: PortRow, now: number) => string;
}

interface Layout {
  readonly columns: readonly Column[];
  /** Characters of a destination that must be left for this layout, or all if it has fewer. */
  readonly leastDestination: number;
}

const GAP = '  ';
/** Select Graphic Rendition (ECMA-48). */
const paint = (code: number, text: string): string => `\x1b[${code}m${text}\x1b[0m`;
const LOCAL: Column = {
  header: 'LOCAL',
  align: 'left',
  least: '127.0.0.1:65535'.length,
  cell: localText,
};
const DESTINATION: Column = {
  header: 'REMOTE',
  align: 'left',
  least: 0,
  cell: destinationText,
};
const OPEN: Column = count('OPEN', ({ open }) => open);
const CONNECTIONS: Column = count('CONNECTIONS', ({ connections }) => connections);
const STATE: Column = {
  header: 'STATE',
  align: 'left',
  least: 'connecting'.length,
  // Spaces at the end are not written, but keep the columns in their places while it counts.
  cell: (row, now) => stateText(row, now).padEnd(longestState(row).length),
};
/** That of a destination: its session is up, and nothing listens for it. */
const sessionText = (state: string): string => state.replace('listening', 'up');
const SESSION: Column = { ...STATE, cell: (row, now) => sessionText(STATE.cell(row, now)) };

type Write = (bytes: number) => string;
const rates = (write: Write, least: number): readonly Column[] => [
  amount('UP/s', write, least, ({ up }) => up),
  amount('DOWN/s', write, least, ({ down }) => down),
];
const WIDE = [shortQuantity, 8] as const;
const NARROW = [shortestQuantity, 5] as const;
const WIDE_TOTALS: readonly Column[] = [
  amount('SENT', ...WIDE, ({ sent }) => sent),
  amount('RECEIVED', ...WIDE, ({ received }) => received),
];
const NARROW_TOTALS: readonly Column[] = [
  amount('SENT', ...NARROW, ({ sent }) => sent),
  amount('RCVD', ...NARROW, ({ received }) => received),
];

const PORT = [LOCAL, DESTINATION] as const;
/** The first that fits is taken; the second still fits 80 columns. */
const LIVE_LAYOUTS: readonly Layout[] = [
  { leastDestination: 22, columns: [...PORT, OPEN, ...rates(...WIDE), ...WIDE_TOTALS, STATE] },
  { leastDestination: 14, columns: [...PORT, OPEN, ...rates(...NARROW), ...NARROW_TOTALS, STATE] },
  { leastDestination: 10, columns: [...PORT, OPEN, ...rates(...NARROW), STATE] },
  { leastDestination: 8, columns: [...PORT, OPEN, STATE] },
  { leastDestination: 8, columns: [...PORT, STATE] },
  { leastDestination: 0, columns: [LOCAL, STATE] },
];
/** The same for the end, when nothing changes any more. */
const END_LAYOUTS: readonly Layout[] = [
  { leastDestination: 22, columns: [...PORT, CONNECTIONS, ...WIDE_TOTALS, STATE] },
  { leastDestination: 8, columns: [...PORT, ...NARROW_TOTALS, STATE] },
  { leastDestination: 8, columns: [...PORT, STATE] },
  { leastDestination: 0, columns: [LOCAL, STATE] },
];

/**
 * The live view: a title, and a row for each port. It fits the terminal in width and height, with one line
 * free for the cursor. It begins with an empty line: a line feed that the user types moves the view down by
 * one line, and only the empty line is left above.
 */
export function renderView(
  title: string,
  rows: readonly PortRow[],
  moment: ViewMoment,
): readonly string[] {
  const { cols } = moment.size;
  const most = Math.max(0, moment.size.rows - 1);
  const [header = '', ...lines] = table(LIVE_LAYOUTS, rows, moment);
  const frame = [header, ...fitting(lines, most - 1, cols)];
  if (frame.length < most) frame.unshift(cutToCells(printable(title), cols));
  if (frame.length < most) frame.unshift('');
  return frame.slice(0, most);
}

/** The last frame: every port with its totals, in plain characters. */
export function renderEnd(
  title: string,
  rows: readonly PortRow[],
  moment: ViewMoment,
): readonly string[] {
  const lines = table(END_LAYOUTS, rows, { ...moment, color: false });
  return ['', cutToCells(printable(title), moment.size.cols), ...lines];
}

function table(
  layouts: readonly Layout[],
  rows: readonly PortRow[],
  { size: { cols }, now, color, columns: kind }: ViewMoment,
): readonly string[] {
  const usable = kind === 'ports' ? layouts : layouts.flatMap(forDestinations);
  const [columns, widths] = chooseLayout(usable, rows, now, cols);
  const line = (cells: readonly string[]): string =>
    cutToCells(
      cells
        .map((cell, i) => padded(cell, widths[i] ?? 0, columns[i]?.align ?? 'left'))
        .join(GAP)
        .trimEnd(),
      cols,
    );
  const header = line(columns.map((column) => column.header));
  return [
    color ? paint(DIM, header) : header,
    ...rows.map((row) => {
      const text = line(
        columns.map((column, i) =>
          column === DESTINATION ? cutDestination(row, widths[i] ?? 0) : column.cell(row, now),
        ),
      );
      const state = kind === 'ports' ? stateText(row, now) : sessionText(stateText(row, now));
      if (!color || !text.endsWith(state)) return text;
      return text.slice(0, -state.length) + paint(colorOf(row), state);
    }),
  ];
}

/** @returns none for a layout without destinations */
function forDestinations({ columns, leastDestination }: Layout): readonly Layout[] {
  if (!columns.includes(DESTINATION)) return [];
  const others = columns.filter((column) => column !== LOCAL && column !== STATE);
  return [{ columns: [...others, SESSION], leastDestination }];
}

/** The columns to show, and their widths. */
function chooseLayout(
  layouts: readonly Layout[],
  rows: readonly PortRow[],
  now: number,
  cols: number,
): readonly [readonly Column[], readonly number[]] {
  let chosen: [readonly Column[], number[]] = [[], []];
  for (const { columns, leastDestination } of layouts) {
    const widths = columns.map((column) =>
      Math.max(
        column.header.length,
        column.least,
        ...rows.map((row) => column.cell(row, now).length),
      ),
    );
    chosen = [columns, widths];
    const at = columns.indexOf(DESTINATION);
    const natural = widths[at] ?? 0;
    const others = widths.reduce((sum, width) => sum + width + GAP.length, -GAP.length) - natural;
    const room = cols - others;
    if (room < Math.min(natural, leastDestination)) continue;
    if (at >= 0) widths[at] = Math.min(natural, room);
    break;
  }
  return chosen;
}

/** As many rows as fit, and the number of the others. */
function fitting(lines: readonly string[], room: number, cols: number): readonly string[] {
  if (lines.length <= room) return lines;
  const shown = Math.max(0, room - 1);
  return [...lines.slice(0, shown), cutToCells(`and ${lines.length - shown} more`, cols)];
}

function count(header: string, value: (row: PortRow) => number): Column {
  return { header, align: 'right', least: 0, cell: (row) => String(value(row)) };
}

function amount(
  header: string,
  write: Write,
  least: number,
  value: (row: PortRow) => number,
): Column {
  return { header, align: 'right', least, cell: (row) => write(value(row)) };
}

function localText({ forward, local: { address, port } }: PortRow): string {
  const here = reverseText(forward);
  if (here !== undefined) return shownPath(here);
  const path = localPathOf(forward);
  if (path !== undefined) return `${address === undefined ? 'socket ' : ''}${shownPath(path)}`;
  if (address !== undefined) return endpointText(address, port);
  return port === 0 ? 'any port' : `port ${port}`;
}

function destinationText({ forward, local }: PortRow): string {
  const isReverse = forward.relayed?.kind === 'reverse';
  if (isReverse) return remoteText({ ...forward, port: String(local.port) });
  return shownPath(remoteText(forward, shownHost));
}

/** Shortens the name of the host: the port distinguishes the destinations. */
function cutDestination(row: PortRow, width: number): string {
  const { forward } = row;
  const text = destinationText(row);
  if (text.length <= width || forward.host === undefined || forward.relayed !== undefined)
    return cutToCells(text, width);
  const port = `:${forward.port}`;
  const room = width - port.length;
  return room > 1 ? cutToCells(text.slice(0, -port.length), room) + port : cutToCells(text, width);
}

/** A path in characters of one column each. */
function shownPath(path: string): string {
  return path.replace(/[^!-~ ]/gu, '?');
}

/** In characters of one column each. */
function shownHost(host: string): string {
  const isPlain = /^[!-~]*$/.test(host);
  return isPlain ? host : domainToASCII(host) || host.replace(/[^!-~]/gu, '?');
}

function padded(cell: string, width: number, align: Column['align']): string {
  return align === 'left' ? fillCells(cell, width) : cutToCells(cell, width).padStart(width);
}
