import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { explainProblem, explainText } from '../../../../src/commands/cp/up/explain-problem.ts';

const PATH = Buffer.from('file');

/** @returns the code of the failure that a text of a tool becomes */
function codeOf(text: string): string {
  return explainText(PATH, text).code;
}

describe('the text of a tool on the target', () => {
  it('is explained by its reason, not by the name of a file in it', () => {
    const names = ['no such file', 'no space left.txt', 'permission denied'];
    for (const name of names) {
      assert.equal(
        codeOf(`mv: cannot move 'data' to '${name}': Input/output error`),
        'upload-unwritable',
      );
    }
    assert.equal(
      codeOf("mkdir: cannot create 'no space left': Permission denied"),
      'upload-not-permitted',
    );
    assert.equal(
      codeOf("dd: error writing 'permission denied': No space left on device"),
      'upload-disk-full',
    );
    assert.equal(
      codeOf("mkdir: can't create directory 'x': No such file or directory"),
      'upload-directory-missing',
    );
  });

  it('is that of sudo when sudo has written it', () => {
    assert.equal(codeOf('sudo: a password is required'), 'upload-sudo-refused');
  });
});

describe('a problem that a target reports', () => {
  it('is explained by its text when its word is none of the receiver', () => {
    const text = "mkdir: cannot create directory 'x': Permission denied";
    assert.equal(explainProblem(PATH, 'parent', text).code, 'upload-not-permitted');
    assert.equal(explainProblem(PATH, 'hostile', text).code, 'upload-not-permitted');
  });
});
