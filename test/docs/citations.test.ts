import assert from 'node:assert/strict';
import { existsSync, globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { readDocument, ROOT } from './support/markdown.ts';

const SOURCES = [
  '{src,test,bench,build,packaging}/**/*.{ts,mjs,cjs,js,sh,nsi,py}',
  'bin/*',
  'eslint.config.mjs',
  '*.md',
  '{docs,test}/**/*.md',
];
/** This file holds examples of dead citations. */
const OWN = 'test/docs/citations.test.ts';

/**
 * A document of the project as comments and documents cite it: `docs/design/protocol.md#smux`. In
 * quotes it is a path that a test reads.
 */
const CITATION = /(?<!['"])\bdocs\/[\w/-]+\.md(?:#[\w-]+)?/g;
const DESIGN = 'docs/design/';
/** What separates two words of a comment, also at the end of a line. */
const GAP = String.raw`(?:\s*\n\s*(?:\*|//|#)?\s*|\s+)`;
/** Forms that lead nowhere: a title instead of a file, a file without its directory, a section number. */
const OLD_FORMS = [
  new RegExp(`data-channel${GAP}protocol\\b(?!\\.)`, 'g'),
  /(?<![\w/`[(-])(?:protocol|agent|limits|decisions)\.md\b/g,
  /\.\.\/shared\//g,
];

interface Citation {
  readonly text: string;
  readonly line: number;
}

describe('citations of the design documents', () => {
  const cited = new Map<string, readonly Citation[]>();
  const inOldForm: string[] = [];
  for (const path of globSync(SOURCES, { cwd: ROOT }).filter((path) => path !== OWN)) {
    const text = readFileSync(join(ROOT, path), 'utf8');
    const citations = find(text, [CITATION]);
    if (citations.length > 0) cited.set(path, citations);
    inOldForm.push(...placed(path, find(text, OLD_FORMS)));
  }

  it('are found in code and in documents', () => {
    assert.ok(cited.has('src/channel/channel.ts'));
    assert.ok(cited.has('ARCHITECTURE.md'));
  });

  it('have one form', () => assert.deepEqual(inOldForm, []));

  for (const [path, citations] of cited) {
    it(`of ${path} name documents and headings that exist`, () => {
      assert.deepEqual(placed(path, citations.filter(isDead)), []);
    });

    it(`of ${path} name a heading, where code cites`, () => {
      if (path.endsWith('.md')) return;
      const whole = citations.filter(({ text }) => text.startsWith(DESIGN) && !text.includes('#'));
      assert.deepEqual(placed(path, whole), []);
    });
  }

  it('with a wrong document, a wrong heading or in an old form are found', () => {
    const text = [
      '/** See docs/design/nothing.md#smux, docs/design/protocol.md#nothing and',
      ' * docs/design/protocol.md#smux, the data-channel',
      ' * protocol, "Port", and agent.md */',
    ].join('\n');
    assert.deepEqual(find(text, [CITATION]).filter(isDead), [
      { text: 'docs/design/nothing.md#smux', line: 1 },
      { text: 'docs/design/protocol.md#nothing', line: 1 },
    ]);
    assert.deepEqual(
      find(text, OLD_FORMS).map(({ line }) => line),
      [2, 3],
    );
  });
});

function find(text: string, patterns: readonly RegExp[]): Citation[] {
  return patterns.flatMap((pattern) =>
    [...text.matchAll(pattern)].map((match) => ({
      text: match[0],
      line: text.slice(0, match.index).split('\n').length,
    })),
  );
}

function isDead({ text }: Citation): boolean {
  const [path = '', anchor] = text.split('#');
  if (!existsSync(join(ROOT, path))) return true;
  if (anchor === undefined) return false;
  return !readDocument(path).sections.some((section) => section.anchor === anchor);
}

function placed(path: string, citations: readonly Citation[]): string[] {
  return citations.map(({ text, line }) => `${path}:${line}: ${text}`);
}
