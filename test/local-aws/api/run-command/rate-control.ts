/** How many nodes run a command at once, and how many errors end it. */
export interface RateControl {
  readonly concurrency: number;
  readonly errors: number;
}

/** What each may be, and is without a value (botocore, service-2.json of ssm: `MaxConcurrency`, `MaxErrors`). */
const CONCURRENCY = /^([1-9][0-9]*|[1-9][0-9]%|[1-9]%|100%)$/;
const ERRORS = /^([1-9][0-9]*|[0]|[1-9][0-9]%|[0-9]%|100%)$/;
const DEFAULT_CONCURRENCY = '50';
const DEFAULT_ERRORS = '0';
const MAX_CHARACTERS = 7;
const PERCENT = 100;

/** Reads both; undefined for a value that the service refuses. */
export function readRateControl(
  concurrency: unknown = DEFAULT_CONCURRENCY,
  errors: unknown = DEFAULT_ERRORS,
  nodes: number,
): RateControl | undefined {
  if (!isValue(concurrency, CONCURRENCY) || !isValue(errors, ERRORS)) return undefined;
  // 10 % of 50 nodes are 5 errors: the sixth ends the command (API_SendCommand, MaxErrors).
  return {
    concurrency: Math.max(1, countOf(concurrency, nodes)),
    errors: countOf(errors, nodes),
  };
}

function isValue(value: unknown, pattern: RegExp): value is string {
  return typeof value === 'string' && value.length <= MAX_CHARACTERS && pattern.test(value);
}

function countOf(value: string, nodes: number): number {
  const number = Number(value.replace('%', ''));
  return value.endsWith('%') ? Math.floor((number * nodes) / PERCENT) : number;
}
