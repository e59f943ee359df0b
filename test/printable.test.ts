import assert from 'node:assert/strict';
import { test } from 'node:test';
import { printable, printableStart } from '../src/printable.ts';

test('a foreign text moves no cursor, breaks no line and turns no writing around', () => {
  assert.equal(printable(' a\x1b[2Jb\nc\td\u202e '), 'a [2Jb c d');
});

test('a foreign text is cut where it is too long', () => {
  assert.equal(printableStart('abc', 3), 'abc');
  assert.equal(printableStart('abcd', 3), 'abc…');
});
