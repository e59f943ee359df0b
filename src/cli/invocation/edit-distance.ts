/** A word with more edits than this is a different word. */
const MAX_EDIT_DISTANCE = 2;

/**
 * The word that was probably meant by a mistyped one.
 *
 * @returns undefined when no word is similar
 */
export function closestMatch(typed: string, words: Iterable<string>): string | undefined {
  let closest: string | undefined;
  let fewest = MAX_EDIT_DISTANCE + 1;
  for (const word of words) {
    const edits = editDistance(withoutDashes(typed), withoutDashes(word));
    // A short word with half of its letters wrong is a different word.
    if (edits < fewest && edits * 2 < typed.length) {
      closest = word;
      fewest = edits;
    }
  }
  return closest;
}

function withoutDashes(word: string): string {
  return word.replace(/^-+/, '');
}

/** Letters left out, added, changed, or swapped with the next (optimal string alignment). */
function editDistance(typed: string, word: string): number {
  let before: readonly number[] = [];
  let row: readonly number[] = Array.from({ length: word.length + 1 }, (_, column) => column);
  for (let i = 1; i <= typed.length; i++) {
    const next = [i];
    for (let j = 1; j <= word.length; j++) {
      const isSame = typed[i - 1] === word[j - 1];
      const isSwapped =
        i > 1 && j > 1 && typed[i - 1] === word[j - 2] && typed[i - 2] === word[j - 1];
      next.push(
        Math.min(
          at(next, j - 1) + 1,
          at(row, j) + 1,
          at(row, j - 1) + (isSame ? 0 : 1),
          isSwapped ? at(before, j - 2) + 1 : Infinity,
        ),
      );
    }
    before = row;
    row = next;
  }
  return at(row, word.length);
}

function at(row: readonly number[], column: number): number {
  return row[column] ?? Infinity;
}
