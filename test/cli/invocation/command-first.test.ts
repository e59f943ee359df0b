import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { commandFirst } from '../../../src/cli/invocation/command-first.ts';

describe('the arguments of a command', () => {
  for (const [typed, args] of [
    ['shell web --region x', 'shell web --region x'],
    ['--region x shell web', 'shell --region x web'],
    ['--region=x shell web', 'shell --region=x web'],
    ['-q exec web -- ls -q', 'exec -q web -- ls -q'],
    ['--json --profile exec shell', 'shell --json --profile exec'],
    ['--no-color --log-level debug shell -h', 'shell --no-color --log-level debug -h'],
    // Without a name of a command, they begin with an option.
    ['--region x', '--region x'],
    ['--region', '--region'],
    ['--json --help', '--json --help'],
    ['--region shell web', 'web --region shell'],
    // What asks for help.
    ['--help', '--help'],
    ['help', '--help'],
    ['help help', '--help'],
    ['help --json', '--help'],
    ['help shell', 'shell --help'],
    ['--help shell', 'shell --help'],
    ['-h nothing', 'nothing --help'],
    ['--json --help shell', 'shell --json --help'],
  ] as const) {
    it(`begin with its name: ${typed}`, () => {
      assert.deepEqual(commandFirst(typed.split(' ')), args.split(' '));
    });
  }
});
