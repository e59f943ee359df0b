import { ALWAYS, AUTO } from '../tunnel/fast-mode.ts';
import { parse, TomlError } from 'smol-toml';
import { connectionFailures } from '../../failures/connections.ts';
import type { Failure } from '../../lib/errors/failure.ts';
import { isJsonObject } from '../../lib/json.ts';
import { printable, printableStart } from '../../lib/printable.ts';
import { closestMatch } from '../invocation/edit-distance.ts';
import {
  isConnectionName,
  NAME_RULE,
  type Connection,
  type ConnectionFile,
  type ConnectionScope,
} from './connection.ts';
import { HOW_TO_WRITE, isListOfTexts, KEYS, TARGET_EXAMPLE } from './connection-keys.ts';
import { lineFinder, type FindLine } from './locate-keys.ts';

/** Where a text comes from. */
export interface TextOrigin {
  readonly path: string;
  readonly scope: ConnectionScope;
  /** Where the user may write what a project may not. */
  readonly userFile: string;
}

/** What is wrong with a key, and what to do about it. */
interface Fault {
  readonly name: string;
  /** Undefined where the connection itself is meant. */
  readonly key: string | undefined;
  readonly problem: string;
  readonly remedy: string;
}

/** Keys and names are shown up to this length. */
const SHOWN_KEY_CHARACTERS = 64;

/** Reads the text of a connections file. What is wrong is in the faults, in the order of the file. */
export function parseConnections(
  text: string,
  origin: TextOrigin,
): Pick<ConnectionFile, 'connections' | 'faults'> {
  let document: Readonly<Record<string, unknown>>;
  try {
    document = parse(text);
  } catch (error) {
    if (!(error instanceof TomlError)) throw error;
    return { connections: [], faults: [syntaxFault(error, origin)] };
  }
  const findLine = lineFinder(text);
  const connections: Connection[] = [];
  const faults: Fault[] = [];
  for (const [name, table] of Object.entries(document)) {
    const found = readConnection(name, table, origin);
    if (found.faults.length > 0) faults.push(...found.faults);
    else connections.push({ ...found.values, ...placeOf(name, origin, findLine) });
  }
  const failures = faults
    .map((fault) => ({ ...fault, line: findLine(fault.name, fault.key) }))
    .sort((a, b) => a.line - b.line)
    .map(({ line, problem, remedy }) => invalid(origin, line, problem, remedy));
  return { connections, faults: failures };
}

function placeOf(
  name: string,
  { path }: TextOrigin,
  findLine: FindLine,
): Pick<Connection, 'name' | 'path' | 'line' | 'forwardLine'> {
  return { name, path, line: findLine(name), forwardLine: findLine(name, 'forward') };
}

/** What a file sets in a connection. */
type Values = Omit<Connection, 'name' | 'path' | 'line' | 'forwardLine'>;

function readConnection(
  name: string,
  table: unknown,
  { scope, userFile }: TextOrigin,
): { readonly values: Values; readonly faults: readonly Fault[] } {
  const faults: Fault[] = [];
  const report = (key: string | undefined, problem: string, remedy: string): void => {
    faults.push({ name, key, problem, remedy });
  };
  const title = quoted(name);
  if (!isConnectionName(name)) report(undefined, `${title} cannot name a connection`, NAME_RULE);
  const keys = isJsonObject(table) ? table : undefined;
  if (keys === undefined) report(undefined, `${title} is not a connection`, HOW_TO_WRITE);
  for (const [key, value] of Object.entries(keys ?? {})) {
    const rule = KEYS.get(key);
    const what = `${quoted(key)} of ${title}`;
    if (rule === undefined) {
      report(key, `${what} is not a key of a connection`, nearestKey(key));
    } else if (scope === 'project' && rule.isUsersOnly) {
      const remedy = `Remove it, or write the connection to ${printable(userFile)}`;
      report(key, `${what} is not allowed in the file of a directory`, remedy);
    } else if (!rule.isRight(value)) {
      report(key, `${what} is not ${rule.what}`, `Write it as in: ${rule.example}`);
    } else if (scope === 'project' && isListOfTexts(value)) {
      for (const one of value.filter((text) => rule.isUsersText?.(text) === true)) {
        const problem = `${what} contains ${quoted(one)}, which is not allowed in the file of a directory`;
        report(key, problem, `Write the connection to ${printable(userFile)}`);
      }
    }
  }
  if (keys !== undefined && keys['target'] === undefined) {
    report(undefined, `The connection ${title} has no target`, `Add it below: ${TARGET_EXAMPLE}`);
  }
  return { values: valuesOf(keys ?? {}), faults };
}

function valuesOf(keys: Readonly<Record<string, unknown>>): Values {
  const text = (key: string): string => {
    const value = keys[key];
    return typeof value === 'string' ? value : '';
  };
  const { forward } = keys;
  return {
    target: text('target'),
    profile: text('profile'),
    region: text('region'),
    forward: isListOfTexts(forward) ? forward : [],
    onDemand: keys['on-demand'] === true,
    idle: text('idle'),
    fast: keys['fast'] === AUTO ? AUTO : keys['fast'] === true ? ALWAYS : '',
  };
}

function nearestKey(key: string): string {
  const nearest = closestMatch(key, KEYS.keys());
  return nearest === undefined
    ? `The keys are ${[...KEYS.keys()].join(', ')}`
    : `Did you mean "${nearest}"?`;
}

/** The parser's text begins with its kind, and ends with a picture of the line. */
function syntaxFault(error: TomlError, origin: TextOrigin): Failure<'input'> {
  const [text = ''] = error.message.replace(/^Invalid TOML document: /, '').split('\n');
  const remedy = 'Correct it as TOML (https://toml.io): texts are in quotes, lists in brackets';
  return invalid(origin, error.line, printable(text), remedy);
}

function invalid(
  { path }: TextOrigin,
  line: number,
  problem: string,
  remedy: string,
): Failure<'input'> {
  return connectionFailures['connections-invalid'](printable(path), String(line), problem, remedy);
}

function quoted(word: string): string {
  return `"${printableStart(word, SHOWN_KEY_CHARACTERS)}"`;
}
