import type { CallSite } from './call-site.ts';
import type { LevelSet, LogLevel } from './level.ts';

/** A part of the program with constraints of its own (seelog, "Exceptions"). */
export interface LevelException {
  /** Matched against the full path of the file that logs. */
  readonly file: RegExp;
  /** Matched against the full name of the function that logs. */
  readonly functionName: RegExp;
  readonly levels: LevelSet;
}

/** Which messages the configuration wants at all, before any output filters. */
export interface LevelConstraints {
  readonly levels: LevelSet;
  /** In the order of the file; the first that matches decides. */
  readonly exceptions: readonly LevelException[];
}

/** Turns a pattern of an exception, in which `*` stands for any text, into an expression. */
export function wildcard(pattern: string): RegExp {
  const literals = pattern
    .split(/\*+/)
    .map((part) => part.replace(/[\\^$.*+?()[\]{}|/-]/g, '\\$&'));
  return new RegExp(`^${literals.join('.*')}$`, 's');
}

/** Whether a message of a level may be wanted from somewhere in the program. */
export function mayBeWanted(constraints: LevelConstraints, level: LogLevel): boolean {
  return (
    constraints.levels.has(level) ||
    constraints.exceptions.some((exception) => exception.levels.has(level))
  );
}

/** Whether it takes the call site to tell if a message of a level is wanted. */
export function dependsOnSite(constraints: LevelConstraints, level: LogLevel): boolean {
  const usual = constraints.levels.has(level);
  return constraints.exceptions.some((exception) => exception.levels.has(level) !== usual);
}

/** Whether a message is wanted; without a call site no exception applies. */
export function isWanted(
  constraints: LevelConstraints,
  level: LogLevel,
  site: CallSite | undefined,
): boolean {
  const exception =
    site &&
    constraints.exceptions.find(
      ({ file, functionName }) => file.test(site.file) && functionName.test(site.functionName),
    );
  return (exception ?? constraints).levels.has(level);
}
