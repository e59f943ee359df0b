/** What moves a cursor, changes the direction of writing, or ends a line (Unicode, UAX 44 and UAX 9). */
const CONTROL = String.raw`[\p{Cc}\p{Bidi_Control}\u2028\u2029]`;
const CONTROL_CHARACTER = new RegExp(CONTROL, 'u');
const CONTROL_CHARACTERS = new RegExp(CONTROL, 'gu');
const CONTROL_IN_LINES = new RegExp(String.raw`(?![\n\t])${CONTROL}`, 'gu');
/** The rest of them JSON.stringify escapes itself (ECMA-262, QuoteJSONString). */
const CONTROL_IN_JSON = /[\x7f-\x9f\p{Bidi_Control}\u2028\u2029]/gu;

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

/**
 * A text of the program with foreign parts, without what {@link printable} takes out of a line, but
 * with its line breaks and tabs. An ordinary text stays as it is, byte for byte.
 */
export function printableLines(text: string): string {
  return text.replace(CONTROL_IN_LINES, '');
}

/**
 * A foreign text as one line for a log: a character that controls a terminal or breaks a line is
 * written as its code, `\u000a`, so what was received can still be read.
 */
export function escapeControlCharacters(text: string): string {
  return text.replace(CONTROL_CHARACTERS, asEscape);
}

/** Whether a text holds a character that {@link printableLines} takes out, a line break or a tab. */
export function hasControlCharacters(text: string): boolean {
  return CONTROL_CHARACTER.test(text);
}

/** JSON that is safe to show: the same value, with every character that controls a terminal escaped. */
export function printableJson(value: object, indentation = 0): string {
  return JSON.stringify(value, undefined, indentation).replace(CONTROL_IN_JSON, asEscape);
}

/** The characters in question have one UTF-16 unit each. */
function asEscape(character: string): string {
  return `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;
}
