/**
 * A foreign text as one line that is safe to show: nothing in it can move a cursor, change the
 * direction of writing or break a line.
 */
export function printable(text: string): string {
  return text.replace(/[\p{C}\s]+/gu, ' ').trim();
}

/** The start of a foreign text as {@link printable} makes it, and `…` where more follows. */
export function printableStart(text: string, maxCharacters: number): string {
  const line = printable(text);
  return line.length > maxCharacters ? `${line.slice(0, maxCharacters)}…` : line;
}
