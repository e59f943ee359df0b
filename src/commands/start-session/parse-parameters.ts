import { ValueError } from '../../cli/framework/usage/value-error.ts';
import { FORM_HINTS, parseJsonParameters, type Parameters } from './json-parameters.ts';

/** `name=` before a value; names as Systems Manager allows them for parameters of documents. */
const NAME = /^\s*([A-Za-z0-9_.-]+)=/;

/**
 * Reads the parameters of a document as the AWS CLI takes them: JSON, `{"portNumber":["80"]}`, or its
 * shorthand, `portNumber=80,host=db` (AWS CLI user guide, "Using shorthand syntax"). In the shorthand, a part
 * without a name belongs to the list of the previous name, brackets around a list are optional, and quotes
 * allow a comma in a value.
 *
 * @throws ValueError
 */
export function parseParameters(text: string): Parameters {
  return text.trimStart().startsWith('{') ? parseJsonParameters(text) : parseShorthand(text);
}

function parseShorthand(text: string): Parameters {
  const lists = new Map<string, string[]>();
  let list: string[] | undefined;
  for (const part of splitAtCommas(text)) {
    const named = NAME.exec(part);
    if (named === null) {
      if (list === undefined) {
        throw new ValueError(FORM_HINTS);
      }
      list.push(unquote(part));
      continue;
    }
    list = [];
    lists.set(named[1] ?? '', list);
    const value = part.slice(named[0].length).trim();
    if (value.startsWith('[') && value.endsWith(']')) {
      list.push(...splitAtCommas(value.slice(1, -1)).map(unquote));
    } else {
      list.push(unquote(value));
    }
  }
  return Object.fromEntries(lists);
}

/** Splits at commas outside quotes and brackets. */
function splitAtCommas(text: string): readonly string[] {
  const parts: string[] = [];
  let part = '';
  /** The last character of the part that is not white space. */
  let lastVisible = '';
  let quote = '';
  let depth = 0;
  let escaped = false;
  for (const character of text) {
    const isQuote = !escaped && (character === '"' || character === "'");
    if (quote !== '') {
      if (isQuote && character === quote) quote = '';
    } else if (isQuote && ['', '=', '[', ','].includes(lastVisible)) {
      quote = character;
    } else if (character === '[') {
      depth++;
    } else if (character === ']') {
      depth--;
    }
    if (character === ',' && quote === '' && depth <= 0) {
      parts.push(part);
      part = '';
      lastVisible = '';
    } else {
      part += character;
      if (character.trim() !== '') lastVisible = character;
    }
    escaped = character === '\\' && !escaped;
  }
  if (quote !== '') {
    throw new ValueError(FORM_HINTS, (what) => `In ${what}, the closing ${quote} is missing.`);
  }
  parts.push(part);
  return parts;
}

/** A value without the quotes around it; in them, a backslash keeps a quote or itself. */
function unquote(text: string): string {
  const value = text.trim();
  const quote = value[0];
  if (value.length < 2 || (quote !== '"' && quote !== "'") || !value.endsWith(quote)) return value;
  return value.slice(1, -1).replace(/\\(["'\\])/g, '$1');
}
