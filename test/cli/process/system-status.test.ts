import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { systemStatus } from '../../../src/cli/process/system-status.ts';

describe('the exit status of the program', () => {
  for (const [reported, posix] of [
    [0, 0],
    [3, 3],
    [255, 255],
    [-1, 255],
    [256, 1],
    [512, 1],
    [3_221_225_786, 58],
  ] as const) {
    it(`is ${posix} on systems that keep eight bits, for ${reported}`, () => {
      assert.equal(systemStatus(reported, 'linux'), posix);
      assert.equal(systemStatus(reported, 'win32'), reported);
    });
  }
});
