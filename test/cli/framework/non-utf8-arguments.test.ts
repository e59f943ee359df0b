import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { CommandError } from '../../../src/cli/framework/command-context.ts';
import { checkUtf8, operandBytes } from '../../../src/cli/framework/non-utf8-arguments.ts';

/** @param line - the words of the command line as `latin1`; undefined where they are not available */
function check(args: readonly string[], line?: readonly string[]): void {
  checkUtf8(args, () => line?.map((word) => Buffer.from(word, 'latin1')));
}

describe('arguments that are not UTF-8', () => {
  it('are refused, and the first is named by its position', () => {
    const line = ['node', 'x.cjs', 'exec', 'i-1', '--', 'echo', 'caf\xe9'];
    const args = ['exec', 'i-1', '--', 'echo', 'caf\ufffd'];
    assert.throws(() => check(args, line), /^CommandError: Word 2 after -- is not UTF-8/);
    const reason = ['exec', '--reason', 'caf\ufffd', '--', 'id'];
    assert.throws(
      () => check(reason, ['exec', '--reason', 'caf\xe9', '--', 'id']),
      (error) => error instanceof CommandError && error.message.startsWith('Argument 3 is not'),
    );
  });

  it('differ from arguments with a real replacement character', () => {
    check(['exec', '--', '\ufffd', 'ö'], ['exec', '--', '\xef\xbf\xbd', '\xc3\xb6']);
    assert.throws(
      () => check(['exec', '--', '\ufffd', 'x\ufffd'], ['exec', '--', '\xef\xbf\xbd', 'x\xff']),
      /Word 2 after --/,
    );
  });

  it('are suspected where the system does not provide the bytes', () => {
    assert.throws(() => check(['exec', '--', 'x\ufffd']), /Word 1 after --/);
    check(['exec', '--', 'ö']);
  });
});

describe('operands that are names of files', () => {
  const bytesOf = (
    operands: readonly string[],
    line?: readonly string[],
  ): readonly (string | undefined)[] => {
    const bytes = operandBytes(operands, () => line?.map((word) => Buffer.from(word, 'latin1')));
    return bytes.map((operand) => operand?.toString('latin1'));
  };

  it('have the bytes of the command line', () => {
    assert.deepEqual(
      bytesOf(['a\ufffd', 'b', 'a\ufffd'], ['node', 'x.cjs', 'cp', 'a\xe9', '-r', 'b', 'a\xe8']),
      ['a\xe9', 'b', 'a\xe8'],
    );
    assert.deepEqual(bytesOf(['\ufffd'], ['\xef\xbf\xbd']), ['\xef\xbf\xbd']);
    assert.deepEqual(bytesOf(['ö']), ['\xc3\xb6']);
  });

  it('are not known where the value of an option looks the same, or the system does not have them', () => {
    const line = ['cp', '--reason', 'a\xe9', 'a\xe8', 'b'];
    assert.deepEqual(bytesOf(['a\ufffd', 'b'], line), [undefined, 'b']);
    assert.deepEqual(bytesOf(['a\ufffd', 'b']), [undefined, 'b']);
  });
});
