import { Option, type Command } from 'commander';
import { parseTime } from './parse-time.ts';
import { filled } from './usage/filled.ts';
import { MAX_READY_LIMIT, MAX_READY_LIMIT_MS } from './wait-time.ts';

/** With which just-in-time access sessions are started. */
export type AccessOptions =
  /** That of a request of before. */
  | { readonly kind: 'granted'; readonly id: string; readonly waitMs: number }
  /** That of a new request; the reason is by default that of the session. */
  | { readonly kind: 'requested'; readonly waitMs: number; readonly reason?: string }
  /** That of a new request, if the user may not start sessions without, and agrees to it. */
  | { readonly kind: 'offered'; readonly waitMs: number };

/** The options as commander stores them. */
export interface ParsedAccessOptions {
  readonly requestAccess?: true;
  readonly access?: string;
  /** Milliseconds. */
  readonly waitAccess?: number;
}

/** People approve access: half an hour is time for a coffee break of theirs, in milliseconds. */
const DEFAULT_ACCESS_WAIT_MS = 30 * 60_000;

const REQUEST_OPTION = '--request-access';

/** Adds `--access ID`, and for a command with `--reason` also `--request-access`. */
export function addAccessOptions(command: Command): void {
  const hasReason = command.options.some(({ long }) => long === '--reason');
  const request = new Option(
    REQUEST_OPTION,
    'request just-in-time access to the target, with --reason, and wait for its approval',
  );
  if (hasReason) command.addOption(request.conflicts('access'));
  command
    .option('--access <id>', 'use this access request; wait for its approval if needed', filled)
    .option('--wait-access <time>', 'how long the approval may take (default: 30m)', (text) =>
      parseTime(text, { ms: MAX_READY_LIMIT_MS, text: MAX_READY_LIMIT }),
    );
}

/**
 * @param command - the one whose options they are
 * @returns undefined for sessions with the usual credentials
 */
export function readAccessOptions(
  { requestAccess, access, waitAccess: waitMs = DEFAULT_ACCESS_WAIT_MS }: ParsedAccessOptions,
  command: Command,
): AccessOptions | undefined {
  if (access !== undefined) return { kind: 'granted', id: access, waitMs };
  if (requestAccess === true) return { kind: 'requested', waitMs };
  const canRequest = command.options.some(({ long }) => long === REQUEST_OPTION);
  return canRequest ? { kind: 'offered', waitMs } : undefined;
}
