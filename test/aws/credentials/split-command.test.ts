import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { splitCommand } from '../../../src/aws/credentials/split-command.ts';

const UNCLOSED = { name: 'ConfigurationError', reason: 'command-syntax' } as const;

/** What Python's `shlex.split` gives, by which botocore splits (botocore/compat.py). */
const POSIX: readonly (readonly [string, readonly string[]])[] = [
  ['cat a b', ['cat', 'a', 'b']],
  ['  a\t b\r\n c ', ['a', 'b', 'c']],
  ['a "b c" d', ['a', 'b c', 'd']],
  [`a 'b "c' d`, ['a', 'b "c', 'd']],
  ['a\\ b c', ['a b', 'c']],
  ['"a\\"b" "c\\\\d" "e\\nf"', ['a"b', 'c\\d', 'e\\nf']],
  [`'a\\b'`, ['a\\b']],
  ['a""b ""', ['ab', '']],
  ['a #b', ['a', '#b']],
  ['$HOME ~/x', ['$HOME', '~/x']],
  ['a;b|c&d', ['a;b|c&d']],
  [`"a"'b'c`, ['abc']],
  ['a\\\nb', ['a\nb']],
];

/** What botocore's `_windows_shell_split` gives. */
const WINDOWS: readonly (readonly [string, readonly string[]])[] = [
  ['C:\\a\\b.exe x', ['C:\\a\\b.exe', 'x']],
  ['"C:\\Program Files\\a.exe" "b c"', ['C:\\Program Files\\a.exe', 'b c']],
  ['a\\\\"b c\\\\" d', ['a\\b c\\', 'd']],
  ['a\\"b c', ['a"b', 'c']],
  ['a "" b', ['a', '', 'b']],
  ['a\\\\\\"b', ['a\\"b']],
  ['""', ['']],
  ['a\t b', ['a', 'b']],
  ['"a b\\\\"', ['a b\\']],
];

describe('a command is split into words as botocore splits it', () => {
  for (const [command, words] of POSIX) {
    it(`on Linux and macOS: ${JSON.stringify(command)}`, () => {
      assert.deepEqual(splitCommand(command, 'linux'), words);
    });
  }
  for (const [command, words] of WINDOWS) {
    it(`on Windows: ${JSON.stringify(command)}`, () => {
      assert.deepEqual(splitCommand(command, 'win32'), words);
    });
  }
  for (const command of ['"a', "a 'b", 'a\\', '"a\\']) {
    it(`one without an end is refused: ${JSON.stringify(command)}`, () => {
      assert.throws(() => splitCommand(command, 'linux'), UNCLOSED);
    });
  }
  it('a quote without an end is refused on Windows, too', () => {
    assert.throws(() => splitCommand('a "b', 'win32'), UNCLOSED);
  });
});
