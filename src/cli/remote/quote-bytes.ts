import { quoteForShell } from '../../lib/quote-for-shell.ts';
import { hasControlCharacters } from '../../lib/printable.ts';

const QUOTE = 0x27;
const BACKSLASH = 0x5c;
const LINE_FEED = 0x0a;
const DASH = 0x2d;
/** Bytes that are the same in a format of printf. */
const PLAIN = /^[\w./-]$/;

/**
 * One word of a POSIX shell for a file's name, which may be any bytes but zero. Commands are text: what is not printable
 * UTF-8 is written as octal numbers, which the shell of the target turns into bytes.
 *
 * A name that begins with a dash gets `./` before it, so that no program takes it for an option.
 */
export function quoteBytes(name: Buffer): string {
  const path = name[0] === DASH ? Buffer.concat([Buffer.from('./'), name]) : name;
  const text = path.toString('utf8');
  if (Buffer.from(text).equals(path) && !hasControlCharacters(text)) return quoteForShell(text);
  // A command substitution drops the line feeds at its end.
  let end = path.length;
  while (end > 0 && path[end - 1] === LINE_FEED) end--;
  const lineFeeds = '\n'.repeat(path.length - end);
  const format = [...path.subarray(0, end)].map(escaped).join('');
  return `"$(printf '${format}')"${lineFeeds === '' ? '' : `'${lineFeeds}'`}`;
}

function escaped(byte: number): string {
  const character = String.fromCharCode(byte);
  // Not its code: POSIX leaves open whether that begins a conversion.
  if (character === '%') return '%%';
  return PLAIN.test(character) ? character : `\\${byte.toString(8).padStart(3, '0')}`;
}

/**
 * One word of a POSIX shell for a name of any bytes but zero, in a script that reaches the shell as bytes. It is the name
 * as it is, also when it begins with a dash.
 */
export function quoteRaw(name: Buffer): Buffer {
  const quoted = [...name].flatMap((byte) =>
    byte === QUOTE ? [QUOTE, BACKSLASH, QUOTE, QUOTE] : [byte],
  );
  return Buffer.from([QUOTE, ...quoted, QUOTE]);
}
