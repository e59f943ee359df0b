import { printableStart } from '../../../lib/printable.ts';

/** A value from the command line is cut in a message: JSON may be long. */
const MAX_SHOWN_CHARACTERS = 60;

/** A part of the command line in a message. */
export function shown(typed: string): string {
  return printableStart(typed, MAX_SHOWN_CHARACTERS);
}

/** `--quiet` of `-q, --quiet`. */
export function longName(flags: string): string {
  return /--[^\s,]+/.exec(flags)?.[0] ?? flags;
}

/** `a, b or c`. */
export function alternatives(words: readonly string[]): string {
  const last = words.at(-1) ?? '';
  return words.length < 2 ? last : `${words.slice(0, -1).join(', ')} or ${last}`;
}
