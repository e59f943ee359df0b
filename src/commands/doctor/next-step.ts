import { accountWords } from '../../cli/framework/account-words.ts';
import type { CommonOptions } from '../../cli/framework/command-context.ts';
import { quoteForShell } from '../../lib/quote-for-shell.ts';
import { PERMISSIONS, type Finding } from './checks/finding.ts';

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
  const remedy = failures.flatMap(commandIn)[0];
  if (remedy !== undefined) return { label: 'Next step', command: remedy };
  const targetWords = target === undefined ? [] : [target];
  const own = (...words: readonly string[]): string => ownCommand(options, words);
  if (failures.length > 0) {
    return { label: 'To check again', command: own('doctor', ...targetWords) };
  }
  if (target === undefined) return { label: 'To list the targets', command: own('targets') };
  // Without this permission, there is another way to start sessions.
  const other = findings.filter(({ check }) => check === PERMISSIONS).flatMap(commandIn)[0];
  return { label: 'To open a shell', command: other ?? own('shell', target) };
}

/** A command line of the program, with the options that select the account. */
export function ownCommand(
  options: Pick<CommonOptions, 'profile' | 'region' | 'endpointUrl'>,
  words: readonly string[],
): string {
  return [PROGRAM, ...words, ...accountWords(options)].map(quoteForShell).join(' ');
}

function commandIn({ next = '' }: Finding): readonly string[] {
  return QUOTED.exec(next)?.slice(1) ?? [];
}
