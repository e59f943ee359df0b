import assert from 'node:assert/strict';
import { it } from 'node:test';
import { wrapText } from '../../../src/cli/output/wrap-text.ts';

it('a text is broken at spaces, where the next word would not fit', () => {
  assert.deepEqual(wrapText('one two three', 7), ['one two', 'three']);
  assert.deepEqual(wrapText('one two three', 6), ['one', 'two', 'three']);
  assert.deepEqual(wrapText('one two three', 13), ['one two three']);
});

it('a word that never fits has a line of its own', () => {
  assert.deepEqual(wrapText('see https://example.com/ now', 5), [
    'see',
    'https://example.com/',
    'now',
  ]);
  assert.deepEqual(wrapText('', 5), ['']);
});

it('a command between backticks stays whole, and cells are counted', () => {
  assert.deepEqual(wrapText('run `aws sso login`, then', 16), ['run', '`aws sso login`,', 'then']);
  assert.deepEqual(wrapText('東京 東京 x', 9), ['東京 東京', 'x']);
});
