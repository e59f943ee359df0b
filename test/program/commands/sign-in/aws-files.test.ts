import assert from 'node:assert/strict';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { homeWith } from '../../../aws/aws-files.ts';
import { NO_CREDENTIALS } from '../../support/program.ts';
import { outcomeOf, startCommand, startCommandTarget } from '../support/run-command.ts';

describe('the shared AWS files of a command', () => {
  it('are read as the AWS CLI reads them', async (t) => {
    const target = await startCommandTarget(t);
    const HOME = homeWith(t, {
      '.aws/config': `[profile 'my dev']\nREGION: ${target.aws.region}\n`,
      '.aws/credentials':
        '[my dev]\nAWS_ACCESS_KEY_ID=AKDEV\nAWS_SECRET_ACCESS_KEY: dev-secret #1\n',
    });
    const env = {
      HOME,
      AWS_REGION: undefined,
      ...NO_CREDENTIALS,
      AWS_CONFIG_FILE: '$HOME/.aws/config',
      AWS_SHARED_CREDENTIALS_FILE: '~/.aws/credentials',
    };
    const list = startCommand(t, target, ['targets', '--profile', 'my dev', '--json'], { env });
    const { status, stdout, stderr } = await outcomeOf(list);
    assert.deepEqual({ status, stderr }, { status: 0, stderr: '' });
    assert.notEqual(stdout, '');
  });

  for (const [name, args] of [
    ['a command', ['targets', '--region', 'eu-west-1']],
    ['a session', ['shell', 'i-0123456789abcdef0', '--region', 'eu-west-1']],
  ] as const) {
    it(`end ${name} with the line that cannot be parsed, although nothing in them is needed`, async (t) => {
      const target = await startCommandTarget(t);
      const HOME = homeWith(t, {
        '.aws/config': '[default]\nregion = eu-west-1\n\nwJalrXUtnFEMI/K7MDENG\n',
      });
      const env = { HOME, AWS_CONFIG_FILE: join(HOME, '.aws/config') };
      assert.deepEqual(await outcomeOf(startCommand(t, target, args, { env })), {
        status: 255,
        stdout: '',
        stderr: `session-manager-plugin: The AWS config file ${env.AWS_CONFIG_FILE} cannot be parsed: line 4 is neither a [section] nor a setting: write name = value. Correct the file: the AWS CLI cannot read it either.\n`,
      });
    });
  }
});
