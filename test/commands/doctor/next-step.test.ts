import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { failure, ok, warning, type Finding } from '../../../src/commands/doctor/checks/finding.ts';
import { nextStep } from '../../../src/commands/doctor/next-step.ts';

const NONE = { profile: '', region: '', endpointUrl: '' };
const WORK = { ...NONE, profile: 'my work', region: 'eu-west-1' };
const SIGN_IN = 'Run `aws sso login --profile work`.';

const CASES: readonly (readonly [string, readonly Finding[], string])[] = [
  [
    'the command of the first failure that has one',
    [
      failure('endpoint ssm', 'away', 'Check the network'),
      failure('credentials', 'expired', SIGN_IN),
    ],
    'aws sso login --profile work',
  ],
  [
    'the checks again, when a failure has none',
    [warning('AWS CLI', 'old', 'See `aws --version`'), failure('endpoint ssm', 'away', 'Check it')],
    "session-manager-plugin doctor web --profile 'my work' --region eu-west-1",
  ],
  [
    'a shell, when only warnings are left',
    [ok('region', 'eu-west-1'), warning('AWS CLI', 'old', 'See `aws --version`')],
    "session-manager-plugin shell web --profile 'my work' --region eu-west-1",
  ],
];

describe('the next step after the checks', () => {
  for (const [what, findings, command] of CASES) {
    it(`is ${what}`, () => assert.equal(nextStep(findings, 'web', WORK).command, command));
  }

  it('is the list of targets, when none was named', () => {
    const { command } = nextStep([ok('region', 'eu-west-1')], undefined, NONE);
    assert.equal(command, 'session-manager-plugin targets');
  });
});
