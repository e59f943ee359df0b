import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { reportedBytes, reportedSeconds } from '../../../../src/commands/cp/s3/reported-number.ts';
import { stepResultName } from '../../../../src/commands/cp/s3/windows/windows-step.ts';

describe('what a target reports', () => {
  it('has a size only if that is a whole number', () => {
    assert.equal(reportedBytes('0'), 0);
    assert.equal(reportedBytes('1099511627776'), 2 ** 40);
    for (const text of [undefined, '', '-1', '1e9', '0x10', ' 5', '1'.repeat(16), 'NaN']) {
      assert.equal(reportedBytes(text), undefined);
    }
  });

  it('has a time only if a date has it', () => {
    assert.equal(reportedSeconds('-5'), -5);
    for (const text of [undefined, '', '1.5', '9'.repeat(15)]) {
      assert.equal(reportedSeconds(text), undefined);
    }
  });

  it('has results of known names only', () => {
    assert.equal(stepResultName('sha256'), 'sha256');
    assert.equal(stepResultName('sha2561'), undefined);
  });
});
