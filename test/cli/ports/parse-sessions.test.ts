import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { isValueError } from '../../../src/cli/framework/usage/value-error.ts';
import { parseSessions } from '../../../src/cli/ports/parse-sessions.ts';

describe('the number of sessions', () => {
  for (const [text, expected] of [
    ['1', 1],
    ['08', 8],
    ['16', 16],
  ] as const) {
    it(`is ${expected} for ${text}`, () => assert.equal(parseSessions(text), expected));
  }

  for (const text of ['0', '17', '-1', '1.5', '1e1', 'two', '', ' 2']) {
    it(`is refused when it is ${JSON.stringify(text)}`, () => {
      assert.throws(() => parseSessions(text), isValueError);
    });
  }
});
