import assert from 'node:assert/strict';
import { existsSync, globSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { describe, it } from 'node:test';
import { readDocument, ROOT } from './support/markdown.ts';

/** Not the documents below `docs/design`: those are for readers of the code. */
const guides = globSync('docs/*.md', { cwd: ROOT });

describe('the guides', () => {
  it('exist', () => assert.notEqual(guides.length, 0));

  for (const guide of guides) {
    it(`${guide}: is run by a test of its own`, () => {
      const test = join(import.meta.dirname, `${basename(guide, '.md')}.test.ts`);
      assert.ok(existsSync(test), `${test} is missing`);
      assert.match(readFileSync(test, 'utf8'), new RegExp(`'${guide}'`));
    });

    it(`${guide}: is in the index of the README`, () => {
      const { links } = readDocument('README.md');
      assert.ok(links.some(({ target }) => target === guide));
    });
  }
});
