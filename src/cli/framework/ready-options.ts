import { Option, type Command } from 'commander';
import { parseTime } from './parse-time.ts';
import { MAX_READY_LIMIT, MAX_READY_LIMIT_MS } from './wait-time.ts';

/** What a command waits for before it begins. */
export type ReadySubject = 'target' | 'nodes';

/** How long a target may take to become ready, and what is done for it. */
export interface ReadyOptions {
  /** In milliseconds, for the whole wait. */
  readonly limitMs: number;
  /** Whether a stopped instance is started. */
  readonly starts: boolean;
}

/** The options as commander stores them. */
export interface ParsedReadyOptions {
  /** Milliseconds. */
  readonly wait?: number;
  readonly start?: true;
}

/** Windows prepares itself for minutes at its first start; the agent of any system is ready within five. */
const DEFAULT_READY_LIMIT_MS = 10 * 60_000;
const DEFAULT_READY_LIMIT = '10m';
/** Adds `--wait[=time]`, and for a target `--start`. */
export function addReadyOptions(command: Command, subject: ReadySubject): void {
  const until =
    subject === 'target'
      ? 'wait until sessions with the target start'
      : 'wait until all listed nodes, at least one, are online';
  command.addOption(
    new Option(
      '--wait [time]',
      `${until}, at most this time, such as 5m (default: ${DEFAULT_READY_LIMIT})`,
    )
      .argParser((text: string) =>
        parseTime(text, { ms: MAX_READY_LIMIT_MS, text: MAX_READY_LIMIT }),
      )
      .preset(DEFAULT_READY_LIMIT),
  );
  if (subject === 'target')
    command.option('--start', 'start the instance if it is stopped, and wait as with --wait');
}

/** @returns undefined when nothing is waited for */
export function readReadyOptions({ wait, start }: ParsedReadyOptions): ReadyOptions | undefined {
  if (wait === undefined && start === undefined) return undefined;
  return { limitMs: wait ?? DEFAULT_READY_LIMIT_MS, starts: start ?? false };
}
