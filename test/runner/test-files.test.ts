import assert from 'node:assert/strict';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { temporaryDirectory } from '../support/temporary-directory.ts';
import { findTestFiles } from './test-files.ts';

describe('the files of tests', () => {
  it('are those that any of the patterns names, each once, in order', (t) => {
    const directory = temporaryDirectory(t);
    mkdirSync(join(directory, 'inner'));
    const files = ['one.test.ts', 'inner/two.test.ts'];
    for (const file of [...files, 'support.ts']) writeFileSync(join(directory, file), '');
    const found = findTestFiles(['*.test.ts', '**/*.test.ts'], directory);
    assert.deepEqual(found, ['inner/two.test.ts', 'one.test.ts']);
  });

  it('are not run when one of the patterns names none', (t) => {
    const directory = temporaryDirectory(t);
    writeFileSync(join(directory, 'one.test.ts'), '');
    assert.throws(() => findTestFiles(['one.test.ts', 'moved/*.test.ts'], directory), {
      message: 'No test file is named moved/*.test.ts.',
    });
  });
});
