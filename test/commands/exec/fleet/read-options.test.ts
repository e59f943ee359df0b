import { Command } from 'commander';
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { readFleetOptions } from '../../../../src/commands/exec/fleet/read-options.ts';

function limitsOf(
  machines: number,
  options: { readonly concurrency?: string; readonly maxErrors?: string },
) {
  return readFleetOptions(new Command('exec'), { all: true, ...options }, false).limits(machines);
}

describe('the limits of a command on many machines', () => {
  it('are 50 machines at once and any number of errors by default', () => {
    assert.deepEqual(limitsOf(200, {}), { concurrency: 50, maxErrors: 200 });
  });

  it('are numbers as they are, also above the count of the machines', () => {
    const options = { concurrency: '20', maxErrors: '0' };
    assert.deepEqual(limitsOf(3, options), { concurrency: 20, maxErrors: 0 });
  });

  // API_SendCommand, MaxErrors: 10 % of 50 machines are 5. Of 59 machines, the service rounds down.
  for (const [machines, concurrency, maxErrors] of [
    [1000, 100, 50],
    [60, 6, 3],
    [59, 5, 2],
    [20, 2, 1],
    [19, 1, 0],
    [3, 1, 0],
  ] as const) {
    it(`are shares of ${machines} machines: 10% are ${concurrency} at once, 5% are ${maxErrors} errors`, () => {
      const shares = { concurrency: '10%', maxErrors: '5%' };
      assert.deepEqual(limitsOf(machines, shares), { concurrency, maxErrors });
    });
  }

  it('are all machines with 100%, and one at once and no error with the smallest share', () => {
    const all = { concurrency: '100%', maxErrors: '100%' };
    assert.deepEqual(limitsOf(7, all), { concurrency: 7, maxErrors: 7 });
    const least = { concurrency: '1%', maxErrors: '0%' };
    assert.deepEqual(limitsOf(7, least), { concurrency: 1, maxErrors: 0 });
  });
});
