import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { compareNaturally } from '../../../src/cli/output/natural-order.ts';

describe('the natural order', () => {
  it('compares numbers in names by their value', () => {
    assert.deepEqual(['web-10', 'web-2', 'db-1', 'web-1'].sort(compareNaturally), [
      'db-1',
      'web-1',
      'web-2',
      'web-10',
    ]);
  });

  it('has names that differ in upper and lower case next to each other', () => {
    assert.deepEqual(['web', 'Zoo', 'Web-3', 'app'].sort(compareNaturally), [
      'app',
      'web',
      'Web-3',
      'Zoo',
    ]);
  });
});
