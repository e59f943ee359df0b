import assert from 'node:assert/strict';
import { pageParts, type PageEntry } from '../../../docs/support/errors-page.ts';
import { commandTexts } from '../../../../src/session/texts/command-texts.ts';

/** All failures of the code, with words in capitals in place of facts. */
const ENTRIES: ReadonlyMap<string, PageEntry> = new Map(
  [...pageParts().values()].flat().map((entry) => [entry.code, entry]),
);
/** The codes of all failures. */
export const FAILURE_CODES: readonly string[] = [...ENTRIES.keys()];

/** Commands name the target in these texts, and so have words of their own for them. */
const OF_COMMANDS = commandTexts('TARGET', (text) => text);
const COMMAND_TEXTS: Readonly<Record<string, string>> = {
  'session-timed-out': OF_COMMANDS.timedOut('ID'),
  'session-closed': OF_COMMANDS.closedWithOutput('ID', 'OUTPUT'),
  'session-lost': OF_COMMANDS.lost(
    { code: '', problem: '', remedy: '' },
    { code: '', problem: 'PROBLEM', remedy: 'REMEDY' },
  ),
};
/** A fact in a text, or an abbreviation, which is let through with the facts. */
const FACT = /[A-Z][A-Z_]+/g;
/** A message of AWS that it may not have sent. */
const OPTIONAL_FACT = / \(MESSAGE\)/g;

/**
 * Checks that a screen shows a failure: what is wrong, with any facts. What to do varies with the facts.
 *
 * @param where - of the screen, for the error
 */
export function assertShown(code: string, lines: readonly string[], where: string): void {
  const entry = ENTRIES.get(code);
  assert.ok(entry, `${where}: there is no failure ${code} in src/failures/`);
  const shown = lines.join(' ').replaceAll(/\s+/g, ' ');
  const texts = [entry.problem, COMMAND_TEXTS[code] ?? entry.problem];
  assert.ok(
    texts.some((text) => patternOf(text).test(shown)),
    `${where}: the failure ${code} is not shown: ${entry.problem}`,
  );
}

/** A failure of a call begins with what the call was for, and goes on with a small letter. */
function patternOf(text: string): RegExp {
  const pattern = text
    .replaceAll(OPTIONAL_FACT, '')
    .replaceAll(/\s+/g, ' ')
    .trim()
    .replace(/\.$/, '')
    .split(FACT)
    .map((part) => part.replace(/[\\^$.*+?()[\]{}|/-]/g, String.raw`\$&`))
    .join('.*');
  return new RegExp(pattern, 'i');
}
