import { Option, type Command } from 'commander';
import { parseTime } from './parse-time.ts';
import { MAX_READY_LIMIT, MAX_READY_LIMIT_MS } from './wait-time.ts';

/** With which just-in-time access sessions are started. */
export type AccessOptions =
  /** That of a request of before. */
  | { readonly kind: 'granted'; readonly id: string; readonly waitMs: number }
  /** That of a new request. */
  | { readonly kind: 'requested'; readonly waitMs: number };

/** The options as commander stores them. */
export interface ParsedAccessOptions {
  readonly requestAccess?: true;
  readonly access?: string;
  /** Milliseconds. */
  readonly waitAccess?: number;
}

/** People approve access: half an hour is time for a coffee break of theirs, in milliseconds. */
const DEFAULT_ACCESS_WAIT_MS = 30 * 60_000;

/** Adds `--access ID`, and for a command with `--reason` also `--request-access`. */
export function addAccessOptions(command: Command): void {
  const hasReason = command.options.some(({ long }) => long === '--reason');
  const request = new Option(
    '--request-access',
    'request just-in-time access to the target, with --reason, and wait for its approval',
  );
  if (hasReason) command.addOption(request.conflicts('access'));
  command
    .option('--access <id>', 'start sessions with the access that this request was granted')
    .option('--wait-access <time>', 'how long the approval may take (default: 30m)', (text) =>
      parseTime(text, { ms: MAX_READY_LIMIT_MS, text: MAX_READY_LIMIT }),
    );
}

/** @returns undefined for sessions with the usual credentials */
export function readAccessOptions({
  requestAccess,
  access,
  waitAccess: waitMs = DEFAULT_ACCESS_WAIT_MS,
}: ParsedAccessOptions): AccessOptions | undefined {
  if (access !== undefined) return { kind: 'granted', id: access, waitMs };
  return requestAccess === true ? { kind: 'requested', waitMs } : undefined;
}
