/** Severities of log messages, from the lowest to the highest (seelog's levels). */
export const LOG_LEVELS = ['trace', 'debug', 'info', 'warn', 'error', 'critical'] as const;

/** One of seelog's levels. `off` is not a level: it means none of them. */
export type LogLevel = (typeof LOG_LEVELS)[number];

/** A set of levels, such as those that an output writes. */
export type LevelSet = ReadonlySet<LogLevel>;

/** Every level. */
export const ALL_LEVELS: LevelSet = new Set(LOG_LEVELS);

/** No level: `off` in seelog. */
export const NO_LEVELS: LevelSet = new Set();

/** Three letters of a level, as seelog's verb `%Lev` prints them. */
export const LEVEL_ABBREVIATIONS: Readonly<Record<LogLevel, string>> = {
  trace: 'Trc',
  debug: 'Dbg',
  info: 'Inf',
  warn: 'Wrn',
  error: 'Err',
  critical: 'Crt',
};

const OFF = 'off';
const OFF_RANK = LOG_LEVELS.length;

/**
 * The rank of a level's name in the order of severity.
 *
 * @returns 0 for `trace` up to 5 for `critical`, 6 for `off`, undefined for any other text
 */
export function levelRank(name: string): number | undefined {
  if (name === OFF) return OFF_RANK;
  const rank = LOG_LEVELS.findIndex((level) => level === name);
  return rank === -1 ? undefined : rank;
}

/** The levels between two ranks of {@link levelRank}, both included. The rank of `off` has no level. */
export function levelsBetween(lowest: number, highest: number): LevelSet {
  return new Set(LOG_LEVELS.filter((_, rank) => rank >= lowest && rank <= highest));
}
