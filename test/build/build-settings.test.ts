import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { readBuildSettings } from '../../build/build-settings.ts';
import { BuildError } from '../../build/runtime/build-error.mjs';

describe('the time of a build', () => {
  it('is that of SOURCE_DATE_EPOCH', () => {
    const { sourceDateEpoch } = readBuildSettings({ SOURCE_DATE_EPOCH: '315532800' });
    assert.equal(sourceDateEpoch, 315_532_800);
  });

  // 1 is the usual value of some systems of reproducible builds. The last one is 1 January 2108.
  for (const value of [
    '0',
    '1',
    '315532799',
    '4354819200',
    'yesterday',
    '-1',
    '1e9',
    '9'.repeat(30),
  ]) {
    it(`is refused when archives cannot state it: ${value}`, () => {
      assert.throws(
        () => readBuildSettings({ SOURCE_DATE_EPOCH: value }),
        (error) => {
          assert.ok(error instanceof BuildError);
          assert.equal(
            error.message,
            `SOURCE_DATE_EPOCH is "${value}": set a time in seconds since 1970, of the years 1980 to 2107`,
          );
          return true;
        },
      );
    });
  }
});
