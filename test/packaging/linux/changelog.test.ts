import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { ROOT } from '../../../build/runtime/setup.mjs';
import { changeLines, readChangelog } from '../../../packaging/system/changelog.ts';
import { VERSION } from '../../support/product.ts';

const MARKDOWN = `# Changelog

Versions have four numbers.

## 1.4.0.0 (unreleased)

An introduction
in two lines.

### Sessions

- A change → an effect,
  in two lines.
- Another change.

### Packages

- The last change.

## 1.3.0.0 (2026-12-01)

- The first version.
`;

describe('the changelog in packages for Linux', () => {
  it('has each change of each version', () => {
    assert.deepEqual(readChangelog(MARKDOWN, '1.4.0.0'), [
      {
        version: '1.4.0.0',
        released: undefined,
        sections: [
          { title: '', changes: ['An introduction in two lines.'] },
          {
            title: 'Sessions',
            changes: ['A change → an effect, in two lines.', 'Another change.'],
          },
          { title: 'Packages', changes: ['The last change.'] },
        ],
      },
      {
        version: '1.3.0.0',
        released: new Date('2026-12-01T00:00:00Z'),
        sections: [{ title: '', changes: ['The first version.'] }],
      },
    ]);
  });

  it('has every word of the changelog of the project', () => {
    const markdown = readFileSync(join(ROOT, 'CHANGELOG.md'), 'utf8');
    const words = (text: string): readonly string[] => text.match(/[^\s#-]+/g) ?? [];
    const read = readChangelog(markdown, VERSION).flatMap(({ sections }) =>
      sections.flatMap(({ title, changes }) => [title, ...changes]),
    );
    const chapters = markdown.replace(/^[^]*?^## /m, '## ').replaceAll(/^## .*$/gm, '');
    assert.deepEqual(words(read.join('\n')), words(chapters));
  });

  it('begins with the version of the release', () => {
    assert.throws(() => readChangelog(MARKDOWN, '1.5.0.0'), {
      name: 'BuildError',
      message:
        'The newest version in CHANGELOG.md is 1.4.0.0, in VERSION it is 1.5.0.0: add a section "## 1.5.0.0 (unreleased)"',
    });
    assert.throws(() => readChangelog('## Next\n', '1.5.0.0'), { name: 'BuildError' });
  });

  it('has lines of at most 79 characters, indented below the mark', () => {
    const lines = changeLines('  * ', `${'word '.repeat(30)}end.`);
    assert.equal(lines.length, 3);
    assert.ok(lines.every((line) => line.length <= 79));
    assert.ok(lines.slice(1).every((line) => /^ {4}\S/.test(line)));
  });
});
