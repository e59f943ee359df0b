import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { TARGET_NAMES } from '../../../build/targets.ts';
import { downloadsOf } from '../../../packaging/downloads.ts';
import { POSIX_SCRIPT } from '../../../packaging/installers/install-scripts.ts';
import { COMMANDS } from '../../../src/commands/index.ts';
import { testGuide } from '../support/guide.ts';
import { codeSpans, readDocument, ROOT, sectionOf, tableRows } from '../support/markdown.ts';
import { packageScripts } from '../support/package-scripts.ts';

const README = 'README.md';
/** The order in which a newcomer reads. */
const SECTIONS = [
  'session-manager-plugin',
  "Why instead of AWS's plugin",
  'Install',
  'A 60-second start',
  'Use with the AWS CLI',
  'Commands',
  'More',
];
const IMAGE = /^!\[(?<description>[^\]]+)\]\((?<path>[^)]+\.svg)\)$/;

testGuide(README, {
  // test/local-aws/tests/starting/demo.test.ts; and `npm test` is what runs this.
  elsewhere: ['session-manager-plugin'],
});

describe('the README', () => {
  const readme = readDocument(README);
  const [first] = readme.sections;

  it('has its sections in the order of a newcomer', () => {
    assert.deepEqual(
      readme.sections.map(({ heading }) => heading),
      SECTIONS,
    );
  });

  it('begins with one block: the demo, then the tests', () => {
    const lines = first?.blocks.map(({ text }) => text.split('\n').filter(Boolean)) ?? [];
    assert.equal(lines.length, 1);
    assert.deepEqual(
      lines[0]?.map((line) => line.replace(/\s+#.*/, '')),
      ['npm run demo', 'npm test'],
    );
  });

  it('shows a picture next, with a description', () => {
    const { path = '' } = first?.prose.map((line) => IMAGE.exec(line)?.groups).find(Boolean) ?? {};
    assert.match(readFileSync(join(ROOT, path), 'utf8'), /^<svg /);
  });

  it('gives both sides of each difference from AWS’s plugin', () => {
    const rows = tableRows(sectionOf(readme, "Why instead of AWS's plugin"));
    assert.ok(rows.length >= 8);
    for (const row of rows)
      assert.ok(
        row.every((cell) => cell !== ''),
        row.join(' | '),
      );
  });

  it('names downloads that exist', () => {
    const release = { version: 'VERSION', compression: 'small' } as const;
    const downloads = TARGET_NAMES.flatMap((name) => downloadsOf(name, release));
    const paths = [...downloads.map(({ path }) => path), POSIX_SCRIPT];
    const named = sectionOf(readme, 'Install').prose.flatMap((line) =>
      [...line.matchAll(/latest\/([\w./-]+\w\.\w+)/g)].map(([, path]) => path),
    );
    assert.equal(named.length, 6);
    assert.deepEqual(
      named.filter((path) => path === undefined || !paths.includes(path)),
      [],
    );
  });

  it('has every command in its table', () => {
    const named = tableRows(sectionOf(readme, 'Commands')).map(
      ([cell = '']) => codeSpans(cell)[0] ?? '',
    );
    // A command may have a row for each of its forms, one after the other.
    const names = named.map((command) => command.split(' ')[0]);
    assert.deepEqual(
      names.filter((name, at) => name !== names[at - 1]),
      COMMANDS.filter(({ isHidden }) => isHidden !== true).map(({ name }) => name),
    );
  });

  it('names scripts of package.json', () => {
    const scripts = packageScripts();
    const text = readFileSync(join(ROOT, README), 'utf8');
    const named = [...text.matchAll(/npm run ([\w:-]+)/g)].map(([, name = '']) => name);
    assert.ok(named.length >= 4);
    assert.deepEqual(
      named.filter((name) => !(name in scripts)),
      [],
    );
    assert.ok(existsSync(join(ROOT, 'bin', 'session-manager-plugin')));
  });
});
