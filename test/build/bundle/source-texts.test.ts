import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { BUNDLE_DIRECTORY } from '../../../build/bundle/bundle-files.ts';

/** Not of Latin-1: V8 then keeps two bytes for each character of the whole text. */
const WIDE_CHARACTER = /[^\0-\xff]/;

describe('the texts of the program', () => {
  const files = readdirSync(BUNDLE_DIRECTORY).filter((name) => name.endsWith('.cjs'));

  for (const file of files) {
    it(`of ${file} take one byte of memory for a character`, () => {
      const text = readFileSync(join(BUNDLE_DIRECTORY, file), 'utf8');
      assert.equal(WIDE_CHARACTER.exec(text)?.[0], undefined);
    });
  }
});
