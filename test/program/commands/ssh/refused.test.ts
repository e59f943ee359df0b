import assert from 'node:assert/strict';
import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { parseObject } from '../../../../src/lib/json.ts';
import { needs } from '../../../support/require-tools.ts';
import { SSH, SSHD } from '../../../support/tools.ts';
import { outcomeOf, startCommand } from '../support/run-command.ts';
import { startSshAccount } from './support/ssh-account.ts';

const LATE_MS = 76_000;

describe('ssh that is not let in', needs(SSH, SSHD), () => {
  for (const [what, passed, expected] of [
    [
      'names what to check',
      0,
      /\nsession-manager-plugin: The login to \S+ as "\S+" failed\. If ssh reports /,
    ],
    [
      'reports a key that was pushed too long ago',
      LATE_MS,
      /\nsession-manager-plugin: The login to \S+ took longer than the 75 s for which/,
    ],
  ] as const) {
    it(what, async (t) => {
      const account = await startSshAccount(t, {
        agent: {
          beforeDial() {
            rmSync(account.authorizedKeys);
            const [run = ''] = readdirSync(account.runs);
            const path = join(account.runs, run, 'pushed');
            const pushed = parseObject(readFileSync(path, 'utf8'));
            const at = Number(pushed?.['at']) - passed;
            writeFileSync(path, JSON.stringify({ ...pushed, at }));
            return Promise.resolve();
          },
        },
      });
      const args = ['ssh', ...account.options, account.login, 'true'];
      const run = await outcomeOf(startCommand(t, account, args));
      assert.equal(run.status, 255);
      assert.match(run.stderr, /^\S+: Permission denied \(publickey\)\./);
      assert.match(run.stderr, expected);
      assert.deepEqual(readdirSync(account.runs), []);
    });
  }

  it('adds nothing to the failure of the session', async (t) => {
    const account = await startSshAccount(t);
    const args = ['ssh', '-F', '/dev/null', '-p', '1', account.login, 'true'];
    const run = await outcomeOf(startCommand(t, account, args));
    assert.equal(run.status, 255);
    assert.match(run.stderr, /Connection closed|kex_exchange_identification/);
    assert.doesNotMatch(run.stderr, /The login|The key/);
  });
});
