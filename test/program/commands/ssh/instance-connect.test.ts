import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { describe, it } from 'node:test';
import { KEY_VALID_MS } from '../../../local-aws/api/instances/instance-connect-api.ts';
import { needs } from '../../../support/require-tools.ts';
import { CURL, SSH, SSHD } from '../../../support/tools.ts';
import { outcomeOf, startCommand } from '../support/run-command.ts';
import { startSshAccount } from './support/ssh-account.ts';

const BY_API = /^The key was pushed by EC2 Instance Connect\.\r?$/m;
const BY_COMMAND = /^The key was pushed by a command on the target\.\r?$/m;

describe('ssh to a target with EC2 Instance Connect', needs(SSH, SSHD, CURL), () => {
  it('pushes the key right before the connection, and changes nothing on the target', async (t) => {
    const account = await startSshAccount(t, { hasInstanceConnect: true });
    const { options, login, server, aws } = account;
    const run = await outcomeOf(
      startCommand(t, account, ['ssh', ...options, '-v', login, 'echo in']),
    );
    assert.equal(run.status, 0, run.stderr);
    assert.equal(run.stdout, 'in\n');
    assert.match(run.stderr, BY_API);
    assert.deepEqual(
      aws.instanceConnect.pushedKeys.map(({ instanceId, user }) => ({ instanceId, user })),
      [{ instanceId: 'i-00000000000000001', user: server.user }],
    );
    assert.equal(existsSync(account.authorizedKeys), false);
  });

  it('adds the key by a command where the call is denied', async (t) => {
    const account = await startSshAccount(t, { hasInstanceConnect: true });
    account.aws.refuse('SendSSHPublicKey', {
      status: 400,
      type: 'AccessDeniedException',
      message: 'not authorized to perform ec2-instance-connect:SendSSHPublicKey',
    });
    const run = await outcomeOf(
      startCommand(t, account, ['ssh', ...account.options, '-v', account.login, 'echo in']),
    );
    assert.equal(run.stdout, 'in\n');
    assert.match(run.stderr, BY_COMMAND);
    assert.deepEqual(account.aws.instanceConnectCalls, ['SendSSHPublicKey']);
  });

  it('adds the key by a command when the server has not accepted the pushed one', async (t) => {
    let time = Date.now();
    let dials = 0;
    const account = await startSshAccount(t, {
      hasInstanceConnect: true,
      aws: { now: () => new Date(time) },
      agent: {
        beforeDial() {
          // The pushed key has expired when ssh logs in.
          if (dials++ === 0) time += KEY_VALID_MS + 1;
          return Promise.resolve();
        },
      },
    });
    const run = await outcomeOf(
      startCommand(t, account, ['ssh', ...account.options, account.login, 'echo in']),
    );
    assert.equal(run.status, 0, run.stderr);
    assert.equal(run.stdout, 'in\n');
    assert.match(
      run.stderr,
      /Permission denied.*\r?\nTrying again with a key that a command adds on the target\.\n$/,
    );
  });
});
