import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { quoteForShell } from '../../src/lib/quote-for-shell.ts';
import { execFileSync } from '../support/child-process.ts';

describe('a word quoted for a shell', () => {
  for (const word of [
    'plain',
    'i-0123:a/b,c',
    '',
    'two words',
    "it's",
    '$HOME',
    '"',
    '\\',
    '*',
    '~',
    'a\nb',
    'ä',
  ]) {
    it(`is read by it as ${JSON.stringify(word)}`, () => {
      const script = `printf %s ${quoteForShell(word)}`;
      assert.equal(execFileSync('/bin/sh', ['-c', script], { encoding: 'utf8' }), word);
    });
  }

  it('has quotes only if it needs them', () => {
    assert.equal(quoteForShell('eu-central-1'), 'eu-central-1');
  });
});
