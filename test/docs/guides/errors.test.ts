import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { entryText, pageParts } from '../support/errors-page.ts';
import { ROOT } from '../support/markdown.ts';

const PAGE = join(ROOT, 'docs', 'errors.md');
/** With this variable the lists in the page are written again from the tables of the code. */
const UPDATES = process.env['UPDATE_ERRORS'] === '1';

const parts = pageParts();

const HEADING = '\n## ';

/** The page with the lists of the code in place of its own. */
function withLists(page: string): string {
  const [start = '', ...sections] = page.split(HEADING);
  const written = sections.map((section) => {
    const entries = parts.get(section.split('\n', 1).join(''));
    if (entries === undefined) return section.trim();
    const intro = section.split('\n- ', 1).join('').trim();
    return `${intro}\n\n${entries.map(entryText).join('\n')}`;
  });
  return [`${start.trim()}\n`, ...written.map((section) => `${section}\n`)].join(HEADING);
}

describe('docs/errors.md', () => {
  it('lists each failure of the code with its text', () => {
    const page = readFileSync(PAGE, 'utf8');
    const expected = withLists(page);
    if (UPDATES) writeFileSync(PAGE, expected);
    else
      assert.equal(
        page,
        expected,
        'run UPDATE_ERRORS=1 node build/with-runtime.mjs --test test/docs/guides/errors.test.ts',
      );
  });

  it('has a part for each table', () => {
    const page = readFileSync(PAGE, 'utf8');
    for (const heading of parts.keys()) assert.ok(page.includes(`\n## ${heading}\n`), heading);
  });
});

describe('the failures of the code', () => {
  const entries = [...parts.values()].flat();

  it('have a code each, no two the same', () => {
    const codes = entries.map(({ code }) => code);
    assert.deepEqual([...new Set(codes)], codes);
    for (const code of codes) assert.match(code, /^[a-z][a-z0-9]*(?:-[a-z0-9]+)*$/);
  });

  it('have whole sentences: what is wrong, then what to do, without the names of an API', () => {
    for (const { code, problem, remedy } of entries) {
      assert.match(problem, /^["A-Z-].*[.?:]$/, code);
      if (remedy !== '') assert.match(remedy, /^[A-Z].*\S$/, code);
      assert.doesNotMatch(problem, /^(?:ssm|kms|sts|ec2):|Exception|closed with code/, code);
    }
  });
});
