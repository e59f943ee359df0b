import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { Command } from 'commander';
import { withPresetValues } from '../../../src/cli/framework/optional-values.ts';
import { addReadyOptions } from '../../../src/cli/framework/ready-options.ts';

/** A command with an option of each kind. */
function command(): Command {
  const created = new Command('shell').option('--reason <text>', '').option('-q, --quiet', '');
  addReadyOptions(created, 'target');
  return created;
}

describe('an option whose value may be left out', () => {
  for (const [typed, given] of [
    [
      ['--wait', 'web'],
      ['--wait=10m', 'web'],
    ],
    [
      ['web', '--wait'],
      ['web', '--wait=10m'],
    ],
    [
      ['--wait=5m', 'web'],
      ['--wait=5m', 'web'],
    ],
    [
      ['-q', '--wait', '--start', 'web'],
      ['-q', '--wait=10m', '--start', 'web'],
    ],
    [
      ['--reason', '--wait', 'web'],
      ['--reason', '--wait', 'web'],
    ],
    [
      ['--reason=x', '--wait', 'web'],
      ['--reason=x', '--wait=10m', 'web'],
    ],
    [
      ['web', '--', 'sleep', '--wait'],
      ['web', '--', 'sleep', '--wait'],
    ],
    [
      ['web', '--reason', '--', '--wait'],
      ['web', '--reason', '--', '--wait'],
    ],
    [['--wait='], ['--wait=']],
  ] as const) {
    it(`of ${typed.join(' ')} is in ${given.join(' ')}`, () => {
      assert.deepEqual(withPresetValues(command(), typed), given);
    });
  }

  it('is its time in milliseconds, which is ten minutes by default', () => {
    for (const [typed, expected] of [
      ['--wait', 600_000],
      ['--wait=90s', 90_000],
      ['--wait=5m', 300_000],
      ['--wait=2h', 7_200_000],
    ] as const) {
      const parsed = command().parse([...withPresetValues(command(), [typed])], { from: 'user' });
      assert.equal(parsed.opts()['wait'], expected);
    }
  });
});
