import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { TARGET } from '../../support/target.ts';
import { outcomeOf, startCommand, startCommandTarget } from '../support/run-command.ts';

describe('common options before the name of a command', () => {
  it('count as those after it', async (t) => {
    const target = await startCommandTarget(t);
    const env = { AWS_REGION: undefined };
    const args = ['--region', target.aws.region, '-q', 'exec', TARGET, '--', 'printf', '%s', '-q'];
    assert.deepEqual(await outcomeOf(startCommand(t, target, args, { env })), {
      status: 0,
      stdout: '-q',
      stderr: '',
    });
  });

  it('make a failure JSON, and the last one counts', async (t) => {
    const target = await startCommandTarget(t);
    const args = ['--json', '--region=UPPER', 'sessions', '--region', 'WRONG'];
    const { status, stderr } = await outcomeOf(startCommand(t, target, args));
    assert.equal(status, 255);
    const { error } = JSON.parse(stderr) as { readonly error: { readonly message: string } };
    assert.match(error.message, /WRONG/);
  });
});
