import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { splitWords } from './split-words.ts';

// What google/shlex, which the agent splits commands with, makes of the same texts.
describe("the agent's words", () => {
  for (const [text, words] of [
    ['echo a | cat', ['echo', 'a', '|', 'cat']],
    ['  cd / && pwd\t', ['cd', '/', '&&', 'pwd']],
    ['echo $((6*7)) *.log', ['echo', '$((6*7))', '*.log']],
    [`sh -c 'a "b" \\c $d #e'`, ['sh', '-c', 'a "b" \\c $d #e']],
    [`a'b'"c"d`, ['abcd']],
    [`'it'\\''s' 'it'"'"'s'`, ["it's", "it's"]],
    [`"a\\b \\" \\$c" \\ d`, ['ab " $c', ' d']],
    [`'' ""`, ['', '']],
    [`'a\nb' c\nd`, ['a\nb', 'c', 'd']],
    ['a#b #c d\ne', ['a#b', 'e']],
    ['#1', []],
    ['', []],
  ] as const) {
    it(`of ${JSON.stringify(text)} are ${JSON.stringify(words)}`, () => {
      assert.deepEqual(splitWords(text), { kind: 'words', words });
    });
  }

  for (const [text, reason] of [
    [`echo "it's`, 'EOF found when expecting closing quote'],
    [`echo it's`, 'EOF found when expecting closing quote'],
    ['echo a\\', 'EOF found after escape character'],
    ['echo "a\\', 'EOF found after escape character'],
  ] as const) {
    it(`cannot be split: ${JSON.stringify(text)}`, () => {
      assert.deepEqual(splitWords(text), { kind: 'error', reason });
    });
  }
});
