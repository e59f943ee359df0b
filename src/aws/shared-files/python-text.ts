/**
 * How Python, the language of the AWS CLI, splits and trims texts. JavaScript counts other characters as
 * blank: U+FEFF, but not U+001C to U+001F and U+0085 (Python's documentation, `str.isspace`).
 */
const BLANK = String.raw`[\t-\r\x1c-\x20\x85\xa0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]`;
const NOT_BLANK = new RegExp(BLANK.replace('[', '[^'), 'u');
const LEADING_BLANKS = new RegExp(`^${BLANK}+`, 'u');

/** `str.splitlines`: more characters end a line than in a file. */
const LINE_END = new RegExp(String.raw`\r\n|[\n\r\v\f\x1c-\x1e\x85\u2028\u2029]`, 'u');

/** `open` in text mode: the three ends of a line in a file. */
const FILE_LINE_END = /\r\n|[\r\n]/u;

/** The text without blanks at its start and its end (`str.strip`). */
export function strip(text: string): string {
  return stripEnd(text.replace(LEADING_BLANKS, ''));
}

/** The text without blanks at its end (`str.rstrip`); in linear time, unlike a regular expression. */
export function stripEnd(text: string): string {
  let end = text.length;
  while (end > 0 && !NOT_BLANK.test(text.charAt(end - 1))) end--;
  return text.slice(0, end);
}

/** How many blanks the text starts with; all of them when there is nothing else. */
export function indentationOf(text: string): number {
  return LEADING_BLANKS.exec(text)?.[0].length ?? 0;
}

/** The lines of a text (`str.splitlines`). */
export function splitLines(text: string): readonly string[] {
  return text.split(LINE_END);
}

/** The lines of a file opened in text mode. */
export function fileLines(text: string): readonly string[] {
  return text.split(FILE_LINE_END);
}
