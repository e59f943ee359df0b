import type { Screen } from '../../support/screen.ts';

/** What every screen must be like. */
export type Rule = 'whole-words' | 'own-lines' | 'plain-words';

/** A screen that is not so. */
export interface Violation {
  readonly rule: Rule;
  readonly line: string;
}

type CheckedScreen = Pick<Screen, 'lines' | 'rows' | 'brokenRows' | 'cursor'>;

/** A command to paste, after what a list or a step puts before it: it must stay in one piece. */
const COMMAND =
  /^\s*(?:[$→•-] |Help: {2})?`?(?:session-manager-plugin|aws|npm|ulimit|export|eval|sudo) [^:]/;
/** Texts that programs read: not a character of them changes (docs/design/protocol.md#texts). */
const FIXED_TEXT =
  /^(?:Starting session with SessionId: |Exiting session with sessionId: |Session: |Cannot perform start session: |Use session-manager-plugin --version )/;
const PROGRAM = 'session-manager-plugin: ';
/** Texts of the program that begin a line. */
const BEGINNINGS = [
  ...[PROGRAM, 'Connection lost', 'Reconnected.', 'Starting session with'],
  ...['Starting a session with', 'Session with ', 'The connection to '],
  ...['Exiting session with', 'Session: ', 'Usage: '],
  ...['Waiting for ', 'Did you mean'],
];
const API_NAME =
  /^(?:session-manager-plugin: |Cannot perform start session: )(?:ssm|ssmmessages|ec2|sts|sso|kms|ecs):[A-Z]/;
const CLOSE_CODE = 'closed with code';

/** What is wrong with a screen, for each rule. */
export function violationsOf(screen: CheckedScreen, hasEnded: boolean): readonly Violation[] {
  const violations: Violation[] = [];
  for (const line of brokenLines(screen)) {
    if (isInOnePiece(line) || FIXED_TEXT.test(line)) continue;
    violations.push({ rule: 'whole-words', line });
  }
  for (const [i, line] of screen.lines.entries()) {
    const isGlued = BEGINNINGS.some((text) => line.indexOf(text) > line.search(/\S/));
    if (isGlued) violations.push({ rule: 'own-lines', line });
    const isBeginning = line.startsWith(PROGRAM) || (screen.lines[i - 1] ?? '') === '';
    if ((isBeginning && API_NAME.test(line)) || line.includes(CLOSE_CODE)) {
      violations.push({ rule: 'plain-words', line });
    }
  }
  if (hasEnded && screen.cursor.column !== 0) {
    violations.push({ rule: 'own-lines', line: `${screen.lines.at(-1) ?? ''}$` });
  }
  return violations;
}

/** A command, or something without a space that is not quoted. */
function isInOnePiece(line: string): boolean {
  const unquoted = line.replaceAll(/`[^`]*`|'[^']*'|"[^"]*"/g, 'quoted').replace(/ \\$/, '');
  return COMMAND.test(line) || !unquoted.trim().includes(' ');
}

/** Lines that are wider than the terminal. */
function brokenLines({ lines, rows, brokenRows }: CheckedScreen): readonly string[] {
  const broken = new Set<number>();
  let line = 0;
  for (const row of rows.keys()) {
    if (brokenRows.has(row)) broken.add(line);
    else line++;
  }
  return lines.filter((_, i) => broken.has(i));
}
