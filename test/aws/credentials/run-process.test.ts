import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { withProgram } from '../../../src/aws/credentials/run-process.ts';

const PATH = String.raw`C:\Program Files\tools\get-keys.cmd`;

describe('the line of a batch file', () => {
  for (const [line, expected] of [
    ['get-keys.cmd', `"${PATH}"`],
    ['get-keys.cmd --for "a b" %USERNAME%', `"${PATH}" --for "a b" %USERNAME%`],
    [' \t"get-keys.cmd" x', `"${PATH}" x`],
    ['get-"keys".cmd $1 $& x', `"${PATH}" $1 $& x`],
  ] as const) {
    it(`names the file by its path: ${line}`, () => {
      assert.equal(withProgram(line, PATH), expected);
    });
  }
});
