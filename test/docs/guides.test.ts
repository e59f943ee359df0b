import assert from 'node:assert/strict';
import { globSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { describe, it } from 'node:test';
import { readDocument, ROOT } from './support/markdown.ts';

const INDEX = 'docs/README.md';
/** Not the documents below `docs/design`: those are for readers of the code. */
const guides = globSync('docs/*.md', { cwd: ROOT }).filter((path) => path !== INDEX);

describe('the guides', () => {
  it('exist', () => assert.notEqual(guides.length, 0));

  it('have an index, which the README links', () => {
    assert.ok(readDocument('README.md').links.some(({ target }) => target === INDEX));
  });

  for (const guide of guides) {
    const name = basename(guide);

    it(`${guide}: is run by a test of its own`, () => {
      const file = `test/docs/guides/**/${basename(name, '.md')}.test.ts`;
      const [test = ''] = globSync(file, { cwd: ROOT });
      assert.notEqual(test, '', `${file} is missing`);
      assert.match(readFileSync(join(ROOT, test), 'utf8'), new RegExp(`'${guide}'`));
    });

    it(`${guide}: is in the index`, () => {
      assert.ok(readDocument(INDEX).links.some(({ target }) => target === name));
    });
  }
});
