import { ANONYMOUS_FUNCTION } from '../call-site.ts';
import { LEVEL_ABBREVIATIONS } from '../level.ts';
import type { LogEntry } from '../log-entry.ts';
import { compileTimeLayout, type TimeZone } from './time-layout.ts';

/** A compiled format string of the configuration. */
export interface LogFormat {
  /** The line of an entry, with a line break only if the format has one. */
  readonly render: (entry: LogEntry) => string;
  /** Whether a verb needs the place that logged the message. */
  readonly needsCallSite: boolean;
  /** Unknown verbs, as written. They are printed unchanged. */
  readonly unknownVerbs: readonly string[];
}

/** The format of an output without a format (seelog, "Formatting"). */
export const DEFAULT_FORMAT = '%Ns [%Level] %Msg%n';

const DATE_LAYOUT = '2006-01-02';
const TIME_LAYOUT = '15:04:05';
const NANOSECONDS_PER_MILLISECOND = 1_000_000n;

type Verb = (entry: LogEntry) => string;

const capitalized = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);
const functionName = ({ site }: LogEntry): string => site?.functionName ?? ANONYMOUS_FUNCTION;
const fullPath = ({ site }: LogEntry): string => site?.file ?? '';
const fileName = (entry: LogEntry): string => fullPath(entry).replace(/^.*[/\\]/s, '');

const nanoseconds: Verb = ({ time }) =>
  String(BigInt(Math.trunc(time)) * NANOSECONDS_PER_MILLISECOND);

function timeVerb(layout: string, zone: TimeZone): Verb {
  const format = compileTimeLayout(layout, zone);
  return ({ time }) => format(time);
}

const CALL_SITE_VERBS: ReadonlyMap<string, Verb> = new Map<string, Verb>([
  ['FullPath', fullPath],
  ['File', fileName],
  // Relative to the directory of the program, which holds its only source file.
  ['RelFile', fileName],
  ['Func', functionName],
  ['FuncShort', (entry) => functionName(entry).replace(/^.*\./s, '')],
  ['Line', ({ site }) => String(site?.line ?? 0)],
]);

const VERBS: ReadonlyMap<string, Verb> = new Map<string, Verb>([
  ...CALL_SITE_VERBS,
  ['LEVEL', ({ level }) => level.toUpperCase()],
  ['Level', ({ level }) => capitalized(level)],
  ['level', ({ level }) => level],
  ['LEV', ({ level }) => LEVEL_ABBREVIATIONS[level].toUpperCase()],
  ['Lev', ({ level }) => LEVEL_ABBREVIATIONS[level]],
  ['l', ({ level }) => level.charAt(0)],
  ['Msg', ({ message }) => message],
  ['Date', timeVerb(DATE_LAYOUT, 'local')],
  ['UTCDate', timeVerb(DATE_LAYOUT, 'utc')],
  ['Time', timeVerb(TIME_LAYOUT, 'local')],
  ['UTCTime', timeVerb(TIME_LAYOUT, 'utc')],
  ['Ns', nanoseconds],
  ['UTCNs', nanoseconds],
  ['n', () => '\n'],
  ['t', () => '\t'],
  ['%', () => '%'],
]);

const VERBS_WITH_PARAMETER: ReadonlyMap<string, (parameter: string) => Verb> = new Map([
  ['Date', (layout: string) => timeVerb(layout, 'local')],
  ['UTCDate', (layout: string) => timeVerb(layout, 'utc')],
  ['EscM', (codes: string) => () => `\u001b[${codes}m`],
]);

// The longest name first: `%Level` is not `%Lev` followed by "el", nor is `%Line` `%l`.
const longestFirst = (names: Iterable<string>): string =>
  [...names].sort((a, b) => b.length - a.length).join('|');

const VERB_WITH_PARAMETER = new RegExp(
  `%(?<parametrized>${longestFirst(VERBS_WITH_PARAMETER.keys())})\\(`,
  'y',
);
const VERB = new RegExp(`%(?:(?<plain>${longestFirst(VERBS.keys())})|\\w*)`, 'y');

/** A verb in a format string. */
interface WrittenVerb {
  readonly written: string;
  /** Undefined for an unknown verb. */
  readonly verb: Verb | undefined;
  readonly needsCallSite: boolean;
}

/** @param lastClosing - index of the last `)` of the text: after it, no parameter is searched */
function verbAt(text: string, at: number, lastClosing: number): WrittenVerb {
  VERB_WITH_PARAMETER.lastIndex = at;
  const opening = VERB_WITH_PARAMETER.exec(text);
  const start = at + (opening?.[0].length ?? 0);
  if (opening !== null && start <= lastClosing) {
    const end = text.indexOf(')', start);
    const compile = VERBS_WITH_PARAMETER.get(opening.groups?.['parametrized'] ?? '');
    return {
      written: text.slice(at, end + 1),
      verb: compile?.(text.slice(start, end)),
      needsCallSite: false,
    };
  }
  VERB.lastIndex = at;
  const match = VERB.exec(text);
  const plain = match?.groups?.['plain'] ?? '';
  return {
    written: match?.[0] ?? '%',
    verb: VERBS.get(plain),
    needsCallSite: CALL_SITE_VERBS.has(plain),
  };
}

/**
 * Compiles a format string (seelog, "Format reference"): `%Date`, `%Time`, `%LEVEL`, `%Msg` and the
 * other verbs. An additional verb is `%level`, the level in lower case.
 */
export function compileFormat(text: string): LogFormat {
  const verbs: Verb[] = [];
  const unknownVerbs: string[] = [];
  let needsCallSite = false;
  let end = 0;
  const literal = (piece: string): void => {
    if (piece !== '') verbs.push(() => piece);
  };
  const lastClosing = text.lastIndexOf(')');
  for (let at = text.indexOf('%'); at !== -1; at = text.indexOf('%', end)) {
    const found = verbAt(text, at, lastClosing);
    literal(text.slice(end, at));
    end = at + found.written.length;
    if (found.verb === undefined) {
      unknownVerbs.push(found.written);
      literal(found.written);
      continue;
    }
    verbs.push(found.verb);
    needsCallSite ||= found.needsCallSite;
  }
  literal(text.slice(end));
  return {
    render: (entry) => verbs.map((verb) => verb(entry)).join(''),
    needsCallSite,
    unknownVerbs,
  };
}
