/** A key of a TOML document, with the names of its tables before it. */
export interface KeyPlace {
  readonly keys: readonly string[];
  /** From 1. */
  readonly line: number;
}

/** The parts of TOML between which line breaks, brackets and keys are what they look like (toml.io, v1.1.0). */
const TOKEN = new RegExp(
  [
    String.raw`"""(?:[^\\]|\\[\s\S])*?"""`,
    String.raw`'''[\s\S]*?'''`,
    String.raw`"(?:[^"\\\n]|\\.)*"`,
    String.raw`'[^'\n]*'`,
    '#[^\n]*',
    String.raw`[\w-]+`,
    String.raw`[\n[\]{}=]`,
  ].join('|'),
  'g',
);
const BARE_KEY = /^[\w-]+$/;

/** What is read at the moment. */
type Reading = 'key' | 'header' | 'value';

/**
 * Finds the lines of all keys: the parser reports none for what it has read. Keys within inline tables are
 * not found, but the key of the whole table is.
 *
 * @param text - a valid document
 */
export function locateKeys(text: string): readonly KeyPlace[] {
  const places: KeyPlace[] = [];
  let table: readonly string[] = [];
  let keys: string[] = [];
  let reading: Reading = 'key';
  let depth = 0;
  let line = 1;
  for (const [token] of text.matchAll(TOKEN)) {
    if (token === '\n' && depth === 0) {
      keys = [];
      reading = 'key';
    } else if (reading === 'value') {
      if (token === '[' || token === '{') depth++;
      if (token === ']' || token === '}') depth--;
    } else if (token === '[') reading = 'header';
    else if (token === ']' && keys.length > 0) {
      table = keys;
      places.push({ keys, line });
      keys = [];
    } else if (token === '=') {
      places.push({ keys: [...table, ...keys], line });
      reading = 'value';
    } else if (isKey(token)) keys.push(keyOf(token));
    line += token.split('\n').length - 1;
  }
  return places;
}

/** Finds the line of a table at the top of a document, or of a key in it. */
export type FindLine = (table: string, key?: string) => number;

/**
 * @param text - a valid document
 * @returns finds the first line of a table or a key; a key without a line of its own has that of its table
 */
export function lineFinder(text: string): FindLine {
  const lines = new Map<string, number>();
  const note = (keys: readonly string[], line: number): void => {
    const name = JSON.stringify(keys);
    if (!lines.has(name)) lines.set(name, line);
  };
  for (const { keys, line } of locateKeys(text)) {
    note(keys.slice(0, 1), line);
    note(keys.slice(0, 2), line);
  }
  return (table, key = '') =>
    lines.get(JSON.stringify([table, key])) ?? lines.get(JSON.stringify([table])) ?? 1;
}

function isKey(token: string): boolean {
  return BARE_KEY.test(token) || /^["']/.test(token);
}

/** A quoted key with escapes is only compared with itself: its JSON form is that of TOML for what is printable. */
function keyOf(token: string): string {
  if (!token.startsWith('"')) return token.replace(/^'(.*)'$/, '$1');
  try {
    return String(JSON.parse(token));
  } catch {
    return token.slice(1, -1);
  }
}
