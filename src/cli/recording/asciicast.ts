import type { TerminalSize } from '../../protocol/terminal-size.ts';
import { parseArray, parseObject } from '../../lib/json.ts';

/**
 * The format of recordings: asciicast, version 2 (docs.asciinema.org/manual/asciicast/v2). A file is a header and
 * events, each a line of JSON. A file that ends early is a recording that ends early.
 */
const VERSION = 2;

/** What an event is: `o` output, `i` input, `r` another size of the terminal, such as `80x24`. */
export type EventCode = 'o' | 'i' | 'r';

/** An event of a recording, by this program or another one. */
export interface RecordedEvent {
  /** Milliseconds since the start. */
  readonly atMs: number;
  /** An {@link EventCode}, or one of another program. */
  readonly code: string;
  readonly text: string;
}

const MS_PER_SECOND = 1_000;

/**
 * The first line of a recording.
 *
 * @param startedAtMs - milliseconds since the epoch
 * @param term - TERM of the environment; undefined or empty for none
 */
export function headerLine(
  { cols, rows }: TerminalSize,
  startedAtMs: number,
  term: string | undefined,
): string {
  const timestamp = Math.floor(startedAtMs / MS_PER_SECOND);
  const env = term === undefined || term === '' ? {} : { env: { TERM: term } };
  return jsonLine({ version: VERSION, width: cols, height: rows, timestamp, ...env });
}

/** @param atMs - milliseconds since the start */
export function eventLine(atMs: number, code: EventCode, text: string): string {
  return jsonLine([Math.round(atMs) / MS_PER_SECOND, code, text]);
}

/** The text of an event `r`. */
export function sizeText({ cols, rows }: TerminalSize): string {
  return `${cols}x${rows}`;
}

function jsonLine(value: unknown): string {
  return `${JSON.stringify(value)}\n`;
}

/** What the header of a recording contains. */
export interface RecordedHeader {
  /** Of the terminal that was recorded. */
  readonly size: TerminalSize;
  /** The longest pause that it is meant to be shown with, in milliseconds; Infinity for any (`idle_time_limit`). */
  readonly maxPauseMs: number;
}

/** @returns undefined for a line that is no header of this version */
export function parseHeader(line: string): RecordedHeader | undefined {
  const header = parseObject(line);
  if (header?.['version'] !== VERSION) return undefined;
  const { width: cols, height: rows, idle_time_limit: limit } = header;
  if (!isCount(cols) || !isCount(rows)) return undefined;
  const maxPauseMs = typeof limit === 'number' && limit > 0 ? limit * MS_PER_SECOND : Infinity;
  return { size: { cols, rows }, maxPauseMs };
}

/** @returns undefined for a line that is no event */
export function parseEvent(line: string): RecordedEvent | undefined {
  const [at, code, text] = parseArray(line) ?? [];
  if (typeof at !== 'number' || !(at >= 0) || !Number.isFinite(at)) return undefined;
  if (typeof code !== 'string' || typeof text !== 'string') return undefined;
  return { atMs: at * MS_PER_SECOND, code, text };
}

function isCount(value: unknown): value is number {
  return Number.isSafeInteger(value) && Number(value) > 0;
}
