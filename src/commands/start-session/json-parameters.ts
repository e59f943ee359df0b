import { ValueError } from '../../cli/framework/usage/value-error.ts';
import { isJsonObject } from '../../lib/json.ts';
import { printableStart } from '../../lib/printable.ts';

/** Parameters of a document: each is a list of strings. */
export type Parameters = Readonly<Record<string, readonly string[]>>;

/** How to write parameters, in both forms. Each line can be pasted. */
export const FORM_HINTS: readonly string[] = [
  'Write names and values like this:\n  --parameters portNumber=80,localPortNumber=8080',
  `Or as JSON, with quotes around the whole:\n  --parameters '{"portNumber":["80"],"localPortNumber":["8080"]}'`,
];

/** Characters of the JSON that show where it is wrong. */
const MAX_FAULT_CHARACTERS = 20;

/**
 * Reads the parameters of a document as JSON: `{"portNumber":["80"]}`.
 *
 * @throws ValueError that names what is wrong and where
 */
export function parseJsonParameters(text: string): Parameters {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    const place = faultPlace(text, error);
    throw new ValueError(FORM_HINTS, (what) => `${what} is not valid JSON${place}`);
  }
  if (!isJsonObject(value)) throw new ValueError(FORM_HINTS);
  return Object.fromEntries(
    Object.entries(value).map(([name, list]) => [name, stringsOf(name, list)]),
  );
}

/**
 * Where JSON is wrong, as the end of a sentence. The runtime reports the position of most faults, of others
 * the character, and else neither.
 */
function faultPlace(text: string, error: unknown): string {
  const message = error instanceof Error ? error.message : '';
  const position = /at position (\d+)/.exec(message)?.[1];
  const character = /^Unexpected token '(.)'/su.exec(message)?.[1];
  const rest = position === undefined ? character : text.slice(Number(position));
  if (rest === '' || message.includes('Unexpected end')) return ': its end is missing.';
  return rest === undefined ? '.' : ` from here on: ${printableStart(rest, MAX_FAULT_CHARACTERS)}`;
}

function stringsOf(name: string, value: unknown): readonly string[] {
  if (typeof value === 'string') return [value];
  if (Array.isArray(value) && value.every((entry) => typeof entry === 'string')) return value;
  throw new ValueError(
    [`Put the values in quotes and brackets, for example "${name}":["80"].`],
    (what) => `In ${what}, the value of "${name}" is not a list of texts.`,
  );
}
