import type { CommonOptions } from '../../cli/framework/command-context.ts';
import { quoteForShell } from '../../lib/quote-for-shell.ts';
import type { Finding } from './checks/finding.ts';

const PROGRAM = 'session-manager-plugin';
/** A command in a sentence. */
const QUOTED = /`([^`]+)`/;

/** What to do after the checks. */
export interface NextStep {
  /** What the command is for, for its own line. */
  readonly label: string;
  readonly command: string;
}

/**
 * The next step after the checks: the remedy of the first failure that is a command, else the checks
 * again; when nothing failed, what the user probably wants to do.
 *
 * @param target - as it was named; undefined when it was not
 */
export function nextStep(
  findings: readonly Finding[],
  target: string | undefined,
  options: Pick<CommonOptions, 'profile' | 'region' | 'endpointUrl'>,
): NextStep {
  const failures = findings.filter(({ verdict }) => verdict === 'failure');
  const remedy = failures.flatMap(({ next = '' }) => QUOTED.exec(next)?.[1] ?? [])[0];
  if (remedy !== undefined) return { label: 'Next step', command: remedy };
  const targetWords = target === undefined ? [] : [target];
  const own = (...words: readonly string[]): string =>
    [PROGRAM, ...words, ...commonWords(options)].map(quoteForShell).join(' ');
  if (failures.length > 0) {
    return { label: 'To check again', command: own('doctor', ...targetWords) };
  }
  return target === undefined
    ? { label: 'To list the targets', command: own('targets') }
    : { label: 'To open a shell', command: own('shell', target) };
}

function commonWords({
  profile,
  region,
  endpointUrl,
}: Pick<CommonOptions, 'profile' | 'region' | 'endpointUrl'>): readonly string[] {
  const given = [
    ['--profile', profile],
    ['--region', region],
    ['--endpoint-url', endpointUrl],
  ] as const;
  return given.flatMap((option) => (option[1] === '' ? [] : option));
}
