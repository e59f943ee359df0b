import type { Command } from 'commander';
import { usageError, type UsageError } from '../../../cli/framework/usage/usage-error.ts';
import { shown } from '../../../cli/framework/usage/usage-words.ts';
import { isValueError } from '../../../cli/framework/usage/value-error.ts';
import { parseBucketPlace, type BucketPlace } from '../../../cli/storage/bucket-place.ts';
import { readTags } from '../../../cli/target/read-tags.ts';
import { SELECTING, type FleetOptions } from './fleet-options.ts';
import type { FleetLimits } from './batches/plan-batches.ts';
import type { Selection } from './select-machines.ts';

/** How outputs are printed. */
export type Display = 'lines' | 'group' | 'fold' | 'summary' | 'json';

/** The options of a command on many machines. */
export interface FleetSettings {
  readonly selection: Selection;
  /** @param machines - of the fleet */
  limits(machines: number): FleetLimits;
  readonly executionSeconds: number;
  /** Empty for none. */
  readonly comment: string;
  readonly store: BucketPlace | undefined;
  readonly display: Display;
  readonly asks: boolean;
}

/** What Run Command uses when nothing is set (Systems Manager API, SendCommand). */
const DEFAULT_CONCURRENCY = '50';
/** All machines run the command, also if it fails on some. */
const DEFAULT_MAX_ERRORS = '100%';
/** Of the documents of AWS: as they have it by default, and what they allow (AWS-RunShellScript, `executionTimeout`). */
const DEFAULT_EXECUTION_SECONDS = 3_600;
const LEAST_EXECUTION_SECONDS = 5;
const MOST_EXECUTION_SECONDS = 172_800;
const SECONDS: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3_600 };
/** Systems Manager API, SendCommand, `Comment`. */
const MAX_COMMENT_CHARACTERS = 100;
const PERCENT = 100;

/** @throws UsageError for a value that cannot be used */
export function readFleetOptions(
  command: Command,
  options: FleetOptions,
  isJson: boolean,
): FleetSettings {
  const refuse = (option: string, value: string, hint: string): UsageError =>
    usageError(command, `${option} cannot be "${shown(value)}".`, [hint]);
  const concurrency = readCount(options.concurrency ?? DEFAULT_CONCURRENCY);
  if (concurrency === undefined || concurrency.number === 0) {
    throw refuse('--concurrency', options.concurrency ?? '', 'Pass a number or a share: 20, 10%.');
  }
  const maxErrors = readCount(options.maxErrors ?? DEFAULT_MAX_ERRORS);
  if (maxErrors === undefined) {
    throw refuse('--max-errors', options.maxErrors ?? '', 'Pass a number or a share: 0, 3, 5%.');
  }
  const executionSeconds =
    options.timeout === undefined ? DEFAULT_EXECUTION_SECONDS : readTime(options.timeout);
  if (executionSeconds === undefined) {
    throw refuse('--timeout', options.timeout ?? '', 'Pass a time from 5s to 48h: 90s, 10m, 2h.');
  }
  const { comment = '' } = options;
  if (comment.length > MAX_COMMENT_CHARACTERS) {
    throw refuse('--comment', comment, `Pass at most ${MAX_COMMENT_CHARACTERS} characters.`);
  }
  return {
    selection: readSelection(command, options),
    limits: (machines) => ({
      concurrency: Math.max(1, countOf(concurrency, machines)),
      maxErrors: countOf(maxErrors, machines),
    }),
    executionSeconds,
    comment,
    store: readStore(command, options.output),
    display: readDisplay(command, options, isJson),
    asks: options.yes !== true,
  };
}

function readSelection(command: Command, options: FleetOptions): Selection {
  const { tag = [], targets, filter, all } = options;
  const given = SELECTING.filter((name) => options[name] !== undefined);
  if (given.length > 1 && (targets !== undefined || all !== undefined)) {
    const [one = '', other = ''] = given;
    throw usageError(command, `--${one} cannot be combined with --${other}.`, [
      'Only --tag and --filter can be combined: the command then runs where both match.',
    ]);
  }
  if (targets !== undefined) {
    const texts = targets.map((text) => text.trim()).filter((text) => text !== '');
    if (texts.length > 0) return { kind: 'named', texts };
    throw usageError(command, '--targets is empty.', ['Pass ids or names: --targets web-1,web-2.']);
  }
  if (filter?.trim() === '') {
    throw usageError(command, '--filter is empty.', ['To run it on all machines, pass --all.']);
  }
  return { kind: 'matching', tags: readTags(command, tag), words: filter ?? '' };
}

interface Count {
  readonly number: number;
  readonly isShare: boolean;
}

function readCount(text: string): Count | undefined {
  const [, digits, sign] = /^(\d{1,6})(%?)$/.exec(text) ?? [];
  if (digits === undefined) return undefined;
  const number = Number(digits);
  const isShare = sign === '%';
  return isShare && number > PERCENT ? undefined : { number, isShare };
}

/** AWS rounds shares down: 10 % of 59 machines are 5. */
function countOf({ number, isShare }: Count, machines: number): number {
  return isShare ? Math.floor((number * machines) / PERCENT) : number;
}

function readTime(text: string): number | undefined {
  const [, digits = '0', unit = ''] = /^(\d{1,6})([smh])$/.exec(text) ?? [];
  const seconds = Number(digits) * (SECONDS[unit] ?? 0);
  return seconds >= LEAST_EXECUTION_SECONDS && seconds <= MOST_EXECUTION_SECONDS
    ? seconds
    : undefined;
}

function readStore(command: Command, text: string | undefined): BucketPlace | undefined {
  if (text === undefined) return undefined;
  try {
    return parseBucketPlace(text);
  } catch (error) {
    if (!isValueError(error)) throw error;
    throw usageError(command, `--output cannot be "${shown(text)}".`, error.hints);
  }
}

function readDisplay(
  command: Command,
  { group, fold, summary }: FleetOptions,
  isJson: boolean,
): Display {
  const [display] = Object.entries({ group, fold, summary }).filter(([, isSet]) => isSet === true);
  const name = display?.[0];
  if (isJson && name !== undefined) {
    throw usageError(command, `--json cannot be combined with --${name}.`, [
      'Leave one of them out.',
    ]);
  }
  if (isJson) return 'json';
  return group === true ? 'group' : fold === true ? 'fold' : summary === true ? 'summary' : 'lines';
}
