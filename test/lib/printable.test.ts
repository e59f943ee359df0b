import assert from 'node:assert/strict';
import { it } from 'node:test';
import {
  escapeControlCharacters,
  hasControlCharacters,
  printable,
  printableJson,
  printableLines,
  printableStart,
} from '../../src/lib/printable.ts';

it('a foreign text moves no cursor, ends no line and does not change the direction of writing', () => {
  assert.equal(printable(' a\x1b[2Jb\nc\td\u202e '), 'a [2Jb c d');
});

it('a foreign text that is too long is cut', () => {
  assert.equal(printableStart('abc', 3), 'abc');
  assert.equal(printableStart('abcd', 3), 'abc…');
});

const ATTACK = 'a\x1b[2Jb\u009b2Jc\rd\u202ee\u2066f\x07';

it('a text of several lines keeps its line breaks and tabs, but no other control character', () => {
  assert.equal(printableLines(`1\n\t${ATTACK}\n`), '1\n\ta[2Jb2Jcdef\n');
  const ordinary = '\n\nSessionId: häns-0123 : Ende 👩‍🚀\n\n';
  assert.equal(printableLines(ordinary), ordinary);
});

it('JSON shows no control character and has the same value', () => {
  const value = { name: `${ATTACK}\x7f\u2028`, list: ['ä'] };
  const json = printableJson(value, 2);
  assert.doesNotMatch(json, /(?!\n)[\p{Cc}\p{Bidi_Control}\u2028\u2029]/u);
  assert.deepEqual(JSON.parse(json), value);
});

it('a line of a log shows the code of a character that could control a terminal or begin another line', () => {
  assert.equal(
    escapeControlCharacters('1\n2\t\x1b[2J\u009b\u202e\u2028ä'),
    String.raw`1\u000a2\u0009\u001b[2J\u009b\u202e\u2028ä`,
  );
});

it('these are the control characters of Unicode, and those that change the direction of writing', () => {
  const expected = /[\p{Cc}\p{Bidi_Control}\u2028\u2029]/u;
  for (let code = 0; code <= 0x10ffff; code++) {
    const character = String.fromCodePoint(code);
    if (hasControlCharacters(character) !== expected.test(character)) {
      assert.fail(`U+${code.toString(16)}`);
    }
  }
});
