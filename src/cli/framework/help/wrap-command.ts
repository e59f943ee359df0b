import { fillLines } from '../../output/wrap-text.ts';

/** A word as a POSIX shell reads it: quotes keep its spaces together. */
const WORD = String.raw`(?:'[^']*'|"[^"]*"|\\.|[^\s'"\\])+`;
const SHELL_WORD = new RegExp(WORD, 'g');
/** Words that are read together: an operator or an option, and the word after it. */
const GROUP = new RegExp(String.raw`(?:(?:[<>|&]+|-\S*)\s+(?![-<>|&]))?${WORD}`, 'g');
/** With it at the end of a line, a shell reads the next line as its rest. */
const CONTINUATIONS = { posix: ' \\', powershell: ' `' } as const;

/**
 * Breaks a command line between its words, so that a shell still reads it as one command. An operator or an
 * option stays with the word after it, where there is room.
 *
 * @param widths - of the first line and of later ones, in columns; a word that is longer has a line of its own
 */
export function wrapCommand(
  line: string,
  [width, laterWidth]: readonly [first: number, later: number],
  shell: keyof typeof CONTINUATIONS = 'posix',
): readonly string[] {
  if (line.length <= width) return [line];
  const continuation = CONTINUATIONS[shell];
  const words = (line.match(GROUP) ?? []).flatMap((group) =>
    group.length <= laterWidth - continuation.length ? [group] : (group.match(SHELL_WORD) ?? []),
  );
  const lines = fillLines(
    words,
    (index) => (index === 0 ? width : laterWidth) - continuation.length,
  );
  return lines.map((one, i) => (i === lines.length - 1 ? one : one + continuation));
}
