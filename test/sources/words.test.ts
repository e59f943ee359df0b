import assert from 'node:assert/strict';
import { globSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { describe, it } from 'node:test';
import { Linter } from 'eslint';
import { findRiddle, plainWords } from '../../build/lint/plain-words.mjs';
import { VOCABULARY } from '../../build/lint/vocabulary.mjs';

const ROOT = join(import.meta.dirname, '..', '..');
const GUIDES = ['*.md', 'docs/*.md'];
/** The linter reads TypeScript and JavaScript; these have comments, too. */
const SCRIPTS = ['{build,packaging,bin,test}/**/*', '.ci/*'];
const OF_LINTER = /\.(?:ts|mjs|md|json|xml|txt|svg)$/;
const COMMENT_LINE = /^\s*(?:#|;|\/\/|rem\s)\s?(.*)$/i;

describe('the guides', () => {
  for (const guide of globSync(GUIDES, { cwd: ROOT })) {
    it(`are in standard terms: ${guide}`, () => {
      assert.deepEqual(riddlesIn(linesOf(guide), true), []);
    });
  }
});

describe('the comments of scripts', () => {
  it('are in standard terms', () => {
    const found = globSync(SCRIPTS, { cwd: ROOT, withFileTypes: true })
      .filter((entry) => entry.isFile() && !OF_LINTER.test(entry.name))
      .map((entry) => relative(ROOT, join(entry.parentPath, entry.name)))
      .flatMap((path) => {
        const comments = linesOf(path).map((line) => COMMENT_LINE.exec(line)?.[1] ?? '');
        return riddlesIn(comments, false).map((riddle) => `${path}:${riddle}`);
      });
    assert.deepEqual(found, []);
  });
});

describe('the linter', () => {
  for (const [code, word] of [
    ['// The service says that it ended.', 'says'],
    ['/** Ends the session when\n * it is told so. */\nlet x;', 'told'],
    ['/**\n * What the machines there\n * are.\n */\nlet x;', 'machines there are'],
    ["it('is not held back', () => {});", 'held back'],
    ["describe('whoever asks', () => {});", 'whoever'],
    ['it(`waits for ${1} in silence`, () => {});', 'silence'],
    ["print('nobody is there');", 'nobody'],
    ['print(`an alias leads to ${host}`);', 'leads to'],
  ] as const) {
    it(`finds a word to avoid: ${JSON.stringify(code)}`, () => {
      const [found, ...others] = lint(code);
      assert.deepEqual(others, []);
      assert.equal(found?.slice(0, word.length + 2), `"${word}"`);
    });
  }

  for (const code of [
    '// The field `said` of the "nearest" node: {@link tell}.',
    '/** Stands for a tool; a stand-in behind a proxy, which leaves nothing behind. */',
    '// A mark of as many bytes as there are.',
    "print('the message says what to do');",
  ]) {
    it(`accepts code, quotations and standard English: ${JSON.stringify(code)}`, () => {
      assert.deepEqual(lint(code), []);
    });
  }

  it('has each entry of the vocabulary once', () => {
    const patterns = VOCABULARY.map(({ avoid }) => avoid.source);
    assert.equal(new Set(patterns).size, patterns.length);
  });
});

/** The messages about a piece of code, with its strings checked as those of the program are. */
function lint(code: string): readonly string[] {
  const config = {
    plugins: { project: { rules: { 'plain-words': plainWords } } },
    rules: { 'project/plain-words': ['error', { texts: true }] },
  } satisfies Linter.Config;
  return new Linter().verify(code, config).map(({ message }) => message);
}

function riddlesIn(lines: readonly string[], everywhere: boolean): readonly string[] {
  return lines.flatMap((line, index) => {
    const riddle = findRiddle(line, everywhere);
    return riddle === undefined ? [] : [`${index + 1}: ${riddle}`];
  });
}

function linesOf(path: string): readonly string[] {
  return readFileSync(join(ROOT, path), 'utf8').split('\n');
}
