import { ANONYMOUS_FUNCTION } from './call-site.ts';
import { LEVEL_ABBREVIATIONS } from './level.ts';
import type { LogEntry } from './log-entry.ts';
import { compileTimeLayout, type TimeZone } from './time-layout.ts';

/** A format string of the configuration, understood. */
export interface LogFormat {
  /** The line of an entry, with whatever line break the format says. */
  readonly render: (entry: LogEntry) => string;
  /** Whether a verb asks who logged the message. */
  readonly needsCallSite: boolean;
  /** What looks like a verb and is none, as written; it is printed as it stands. */
  readonly unknownVerbs: readonly string[];
}

/** The format of an output that names none (seelog, "Formatting"). */
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
  // Relative to the directory of the program, in which its only source file lies.
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

const VERB = new RegExp(
  `%(?:(?<parametrized>${longestFirst(VERBS_WITH_PARAMETER.keys())})\\((?<parameter>[^)]*)\\)` +
    `|(?<plain>${longestFirst(VERBS.keys())})|(?<unknown>\\w*))`,
  'g',
);

/**
 * Understands a format string (seelog, "Format reference"): `%Date`, `%Time`, `%LEVEL`, `%Msg` and
 * the rest of its verbs. It adds `%level`, the level in lower case.
 */
export function compileFormat(text: string): LogFormat {
  const verbs: Verb[] = [];
  const unknownVerbs: string[] = [];
  let needsCallSite = false;
  let end = 0;
  const literal = (piece: string): void => {
    if (piece !== '') verbs.push(() => piece);
  };
  for (const match of text.matchAll(VERB)) {
    const [written] = match;
    const { parametrized, parameter, plain } = match.groups ?? {};
    literal(text.slice(end, match.index));
    end = match.index + written.length;
    const verb =
      parametrized === undefined
        ? VERBS.get(plain ?? '')
        : VERBS_WITH_PARAMETER.get(parametrized)?.(parameter ?? '');
    if (verb === undefined) {
      unknownVerbs.push(written);
      literal(written);
      continue;
    }
    verbs.push(verb);
    needsCallSite ||= CALL_SITE_VERBS.has(plain ?? '');
  }
  literal(text.slice(end));
  return {
    render: (entry) => verbs.map((verb) => verb(entry)).join(''),
    needsCallSite,
    unknownVerbs,
  };
}
