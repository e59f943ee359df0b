import type { CallSite } from '../call-site.ts';
import type { LevelSet, LogLevel } from '../level.ts';

/** Whether a text matches a pattern. */
export type TextPattern = (text: string) => boolean;

/** A part of the program with its own constraints (seelog, "Exceptions"). */
export interface LevelException {
  /** Matched against the full path of the file that logs. */
  readonly file: TextPattern;
  /** Matched against the full name of the function that logs. */
  readonly functionName: TextPattern;
  readonly levels: LevelSet;
}

/** The messages that the configuration wants, before the filters of its outputs. */
export interface LevelConstraints {
  readonly levels: LevelSet;
  /** In the order of the file; the first that matches decides. */
  readonly exceptions: readonly LevelException[];
}

/**
 * Compiles a pattern of an exception, in which `*` matches any text. Each piece between two stars is
 * searched once, at the first place where it matches. A regular expression with as many `.*` would try
 * all places.
 */
export function wildcard(pattern: string): TextPattern {
  const [first = '', ...others] = pattern.split(/\*+/);
  const last = others.pop();
  if (last === undefined) return (text) => text === first;
  return (text) => {
    if (!text.startsWith(first)) return false;
    let end = first.length;
    for (const piece of others) {
      const at = text.indexOf(piece, end);
      if (at === -1) return false;
      end = at + piece.length;
    }
    return text.length - last.length >= end && text.endsWith(last);
  };
}

/** Whether a message of a level may be wanted from any place in the program. */
export function mayBeWanted(constraints: LevelConstraints, level: LogLevel): boolean {
  return (
    constraints.levels.has(level) ||
    constraints.exceptions.some((exception) => exception.levels.has(level))
  );
}

/** Whether it depends on the call site that a message of a level is wanted. */
export function dependsOnSite(constraints: LevelConstraints, level: LogLevel): boolean {
  const usual = constraints.levels.has(level);
  return constraints.exceptions.some((exception) => exception.levels.has(level) !== usual);
}

/** Whether a message is wanted. Without a call site no exception applies. */
export function isWanted(
  constraints: LevelConstraints,
  level: LogLevel,
  site: CallSite | undefined,
): boolean {
  const exception =
    site &&
    constraints.exceptions.find(
      ({ file, functionName }) => file(site.file) && functionName(site.functionName),
    );
  return (exception ?? constraints).levels.has(level);
}
