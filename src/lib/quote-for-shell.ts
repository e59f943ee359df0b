/** Characters that mean only themselves in every shell. */
const PLAIN = /^[\w@%+=:,./-]+$/;

/** A word for a POSIX shell, in quotes only where it needs them. */
export function quoteForShell(word: string): string {
  return PLAIN.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;
}
