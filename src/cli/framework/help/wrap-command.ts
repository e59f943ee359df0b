import { fillLines } from '../../output/wrap-text.ts';

/** A word as a POSIX shell reads it: quotes keep its spaces together. */
const WORD = /(?:'[^']*'|"(?:\\.|[^"\\])*"|\\.|\S)+/g;
/** It stays with the word after it: an operator or an option. */
const BEFORE_ANOTHER = /^(?:[<>|&]+$|-)/;
/** It does not follow one of these as its word. */
const NO_VALUE = /^[-<>|&]/;
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
  const words = groupsOf(line.match(WORD) ?? []).flatMap((group) => {
    const together = group.join(' ');
    return together.length <= laterWidth - continuation.length ? [together] : group;
  });
  const lines = fillLines(
    words,
    (index) => (index === 0 ? width : laterWidth) - continuation.length,
  );
  return lines.map((one, i) => (i === lines.length - 1 ? one : one + continuation));
}

/** Words that are read together. */
function groupsOf(words: readonly string[]): readonly (readonly string[])[] {
  const groups: (readonly string[])[] = [];
  for (const word of words) {
    const [first = '', second] = groups.at(-1) ?? [];
    if (second === undefined && BEFORE_ANOTHER.test(first) && !NO_VALUE.test(word))
      groups[groups.length - 1] = [first, word];
    else groups.push([word]);
  }
  return groups;
}
