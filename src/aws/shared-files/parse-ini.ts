import { ConfigurationError } from '../../lib/errors/configuration-error.ts';
import { fileLines, indentationOf, splitLines, strip, stripEnd } from './python-text.ts';

/** The settings of a section: a text, or the settings indented below a name without a value. */
export type IniSection = ReadonlyMap<string, string | ReadonlyMap<string, string>>;

/** The sections of a file by the text between their brackets. */
export type IniSections = ReadonlyMap<string, IniSection>;

/** A piece of a value, and the number of its line. */
interface Piece {
  readonly text: string;
  readonly line: number;
}

interface Option {
  readonly pieces: Piece[];
  /** Where it is set. */
  readonly line: number;
}

type Options = Map<string, Option>;

/** Its settings are the defaults of every other section. */
const DEFAULTS = 'DEFAULT';

/** Greedy: a bracket in a comment after the name belongs to the name. */
const SECTION = /^\[(.+)\]/s;
const COMMENT = /^[#;]/;
const BYTE_ORDER_MARK = '\u{feff}';

/**
 * Parses a shared AWS file as the AWS CLI does: by the rules of Python's `RawConfigParser` with its
 * defaults (configparser.py, `_read`), and with the settings below a name without a value as settings
 * of that name (botocore, configloader.py, `raw_config_parse`). Names of settings are folded to small
 * letters, `=` and `:` separate them from their values, a comment is a line of its own, an indented
 * line continues a value.
 *
 * @throws ConfigurationError `shared-file`, at a line that the AWS CLI does not accept either. The message is
 *   a sentence part that names the line
 */
export function parseIni(text: string): IniSections {
  const defaults: Options = new Map();
  const sections = new Map<string, Options>();
  const sectionLines = new Map<string, number>();
  let section: Options | undefined;
  let option: Option | undefined;
  let indentation = 0;
  const lines = fileLines(text);
  for (const [index, raw] of lines.entries()) {
    const line = index + 1;
    const content = strip(raw);
    if (COMMENT.test(content)) continue;
    if (content === '') {
      // A comment ends no value, and neither does a blank line, which belongs to it.
      option?.pieces.push({ text: '', line });
      continue;
    }
    const own = indentationOf(raw);
    if (option !== undefined && own > indentation) {
      option.pieces.push({ text: content, line });
      continue;
    }
    indentation = own;
    const name = SECTION.exec(content)?.[1];
    if (name !== undefined) {
      section = name === DEFAULTS ? defaults : openSection(name, line, sections, sectionLines);
      option = undefined;
    } else if (section === undefined) {
      throw new ConfigurationError('shared-file', whyNoSection(content, line));
    } else {
      option = addOption(section, content, line);
    }
  }
  return new Map([...sections].map(([name, options]) => [name, settle(defaults, options)]));
}

function whyNoSection(content: string, line: number): string {
  return content.startsWith(BYTE_ORDER_MARK)
    ? `line ${line} starts with a byte order mark: save the file as UTF-8 without it`
    : `line ${line} is in no section: put it below a line like [default]`;
}

function openSection(
  name: string,
  line: number,
  sections: Map<string, Options>,
  sectionLines: Map<string, number>,
): Options {
  const earlier = sectionLines.get(name);
  if (earlier !== undefined) {
    throw new ConfigurationError(
      'shared-file',
      `line ${line} repeats the section of line ${earlier}: join the two`,
    );
  }
  const options: Options = new Map();
  sections.set(name, options);
  sectionLines.set(name, line);
  return options;
}

function addOption(section: Options, content: string, line: number): Option {
  const delimiter = content.search(/[=:]/);
  const name = stripEnd(content.slice(0, Math.max(delimiter, 0))).toLowerCase();
  if (name === '') {
    throw new ConfigurationError(
      'shared-file',
      `line ${line} is neither a [section] nor a setting: write name = value`,
    );
  }
  const earlier = section.get(name);
  if (earlier !== undefined) {
    throw new ConfigurationError(
      'shared-file',
      `line ${line} repeats the setting of line ${earlier.line}: remove one`,
    );
  }
  const option = { pieces: [{ text: strip(content.slice(delimiter + 1)), line }], line };
  section.set(name, option);
  return option;
}

function settle(defaults: Options, own: Options): IniSection {
  return new Map([...defaults, ...own].map(([name, { pieces }]) => [name, settleValue(pieces)]));
}

function settleValue(pieces: readonly Piece[]): string | ReadonlyMap<string, string> {
  const value = stripEnd(pieces.map((piece) => piece.text).join('\n'));
  return value.startsWith('\n') ? nestedSettings(pieces) : value;
}

function nestedSettings(pieces: readonly Piece[]): ReadonlyMap<string, string> {
  const settings = new Map<string, string>();
  for (const { text, line } of pieces) {
    for (const part of splitLines(text)) {
      if (strip(part) === '') continue;
      const delimiter = part.indexOf('=');
      if (delimiter === -1) {
        throw new ConfigurationError(
          'shared-file',
          `line ${line} is indented, but is not a setting: write name = value`,
        );
      }
      settings.set(strip(part.slice(0, delimiter)), strip(part.slice(delimiter + 1)));
    }
  }
  return settings;
}
