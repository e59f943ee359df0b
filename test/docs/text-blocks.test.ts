import assert from 'node:assert/strict';
import { globSync } from 'node:fs';
import { describe, it } from 'node:test';
import { CommanderError } from 'commander';
import { createProgram, parseArguments } from '../../src/cli/framework/command-line.ts';
import { COMMANDS } from '../../src/commands/index.ts';
import { contextFor } from '../commands/support/command-line-context.ts';
import { pageParts } from './support/errors-page.ts';
import { codeSpans, readDocument, ROOT } from './support/markdown.ts';

const PROGRAM = 'session-manager-plugin';
const NAMES = COMMANDS.map(({ name }) => name);
/** Words of a command line, with their quotes. */
const WORD = /(?:'[^']*'|"[^"]*"|[^\s'"])+/g;
/** Facts in the texts of failures, as the page of errors shows them. */
const FACT = /\b[A-Z][A-Z_]+\b/;
/** What a guide leaves out. */
const ELLIPSIS = '…';
/** A word of the shell that ends the arguments of the program. */
const END = /^(?:[|;&<>]|2>)/;

/** A line of a guide that shows the program, though no test runs it. */
interface Shown {
  readonly place: string;
  readonly line: string;
}

/** It is written from the sources, with names such as PORT in place of values. */
const ERRORS_PAGE = 'docs/errors.md';

const documents = ['README.md', ...globSync('docs/*.md', { cwd: ROOT })]
  .filter((path) => path !== ERRORS_PAGE)
  .map(readDocument);
const lines = documents.flatMap(({ path, sections }) =>
  sections.flatMap(({ blocks }) =>
    blocks
      .filter(({ kind }) => kind === 'text')
      .flatMap(({ text, line }) =>
        text.split('\n').map((shown, i): Shown => {
          return { place: `${path}:${line + 1 + i}`, line: shown.trim() };
        }),
      ),
  ),
);
const spans = documents.flatMap(({ path, prose }) =>
  prose.flatMap((text) => codeSpans(text)).map((line): Shown => ({ place: path, line })),
);
const commandLines = [...lines, ...spans].filter(({ line }, i, all) => {
  const [program, name = ''] = line.split(' ');
  const isFirst = all.findIndex((other) => other.line === line) === i;
  return isFirst && program === PROGRAM && NAMES.includes(name) && !line.includes(ELLIPSIS);
});
const messages = lines.filter(({ line }) => line.startsWith(`${PROGRAM}: `));

describe('what guides show, and no test runs:', () => {
  it('there are command lines and messages', () => {
    assert.ok(commandLines.length > 0);
    assert.ok(messages.length > 0);
  });

  for (const { place, line } of commandLines) {
    it(`${place}: the program accepts ${line}`, async () => {
      const words = (line.match(WORD) ?? []).map((word) =>
        word.replaceAll(/'([^']*)'|"([^"]*)"/g, '$1$2'),
      );
      const end = words.findIndex((word) => END.test(word));
      const args = words.slice(1, end === -1 ? undefined : end);
      const host = { ...contextFor(args), writeHelp: () => undefined };
      const program = await createProgram(COMMANDS, args, host);
      for (const command of program.commands) command.action(() => undefined);
      await parseArguments(program, args).catch((error: unknown) => {
        const isHelp = error instanceof CommanderError && error.exitCode === 0;
        if (!isHelp) throw error;
      });
    });
  }

  for (const { place, line } of messages) {
    it(`${place}: the program has this message`, () => {
      const text = line.slice(`${PROGRAM}: `.length);
      const entries = [...pageParts().values()].flat();
      const isOne = entries.some(({ problem, remedy }) =>
        patternOf(remedy === '' ? problem : `${problem} ${remedy}`).test(text),
      );
      assert.ok(isOne, text);
    });
  }
});

/** Matches the texts of a failure, whatever the facts. */
function patternOf(text: string): RegExp {
  const parts = text.split(FACT).map((part) => part.replaceAll(/[\\^$.*+?()[\]{}|]/g, '\\$&'));
  return new RegExp(`^${parts.join('.+')}$`);
}
