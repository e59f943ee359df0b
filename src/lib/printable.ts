/**
 * Characters that move a cursor, change the direction of writing, or end a line (UAX 44: `Cc`; UAX 9:
 * `Bidi_Control`). A class by its properties would take longer to compile than the rest of this module.
 */
const BIDI_AND_LINES = String.raw`\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069`;
const CONTROL = String.raw`[\0-\x1f\x7f-\x9f${BIDI_AND_LINES}]`;
const CONTROL_CHARACTER = new RegExp(CONTROL);
const CONTROL_CHARACTERS = new RegExp(CONTROL, 'g');
const CONTROL_IN_LINES = new RegExp(String.raw`(?![\n\t])${CONTROL}`, 'g');
/** JSON.stringify escapes the other ones (ECMA-262, QuoteJSONString). */
const CONTROL_IN_JSON = new RegExp(String.raw`[\x7f-\x9f${BIDI_AND_LINES}]`, 'g');

/**
 * Makes one line of a foreign text that is safe to show: no character in it can move a cursor, change
 * the direction of writing or end a line.
 */
export function printable(text: string): string {
  return text.replace(/[\p{C}\s]+/gu, ' ').trim();
}

/** The start of {@link printable} text, with `…` when it is cut. */
export function printableStart(text: string, maxCharacters: number): string {
  const line = printable(text);
  return line.length > maxCharacters ? `${line.slice(0, maxCharacters)}…` : line;
}

/**
 * Removes from a text the characters that {@link printable} removes, but keeps line breaks and tabs. An
 * ordinary text stays the same, byte for byte.
 */
export function printableLines(text: string): string {
  return text.replace(CONTROL_IN_LINES, '');
}

/**
 * Makes one line of a foreign text for a log: a character that controls a terminal or ends a line is
 * written as its code, `\u000a`, so the log still shows what was received.
 */
export function escapeControlCharacters(text: string): string {
  return text.replace(CONTROL_CHARACTERS, asEscape);
}

/** Whether a text has a character that {@link printableLines} removes, a line break or a tab. */
export function hasControlCharacters(text: string): boolean {
  return CONTROL_CHARACTER.test(text);
}

/** JSON that is safe to show: every character that controls a terminal is escaped, the value is the same. */
export function printableJson(value: object, indentation = 0): string {
  return JSON.stringify(value, undefined, indentation).replace(CONTROL_IN_JSON, asEscape);
}

/** Each of these characters has one UTF-16 unit. */
function asEscape(character: string): string {
  return `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;
}
