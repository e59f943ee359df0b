import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { MOUNTS, PRIVATE_MOUNTS } from '../../../support/private-mounts.ts';
import { needs } from '../../../support/require-tools.ts';
import { SSH, SSHD } from '../../../support/tools.ts';
import { outcomeOf, startCommand } from '../support/run-command.ts';
import { startSshAccount } from './support/ssh-account.ts';

describe('ssh with a full directory for its files', needs(SSH, SSHD, MOUNTS), () => {
  for (const [what, size, expected] of [
    ['the key', '4k', /with ssh-keygen: .*: No space left on device\. Run /],
    [
      'the host keys',
      '16k',
      /Private files cannot be written in .*: no space left on device\. Free some space/,
    ],
  ] as const) {
    it(`reports that ${what} cannot be written`, async (t) => {
      const account = await startSshAccount(t);
      const mount = `mount -t tmpfs -o size=${size},mode=700 none "$XDG_RUNTIME_DIR" && exec "$@"`;
      const args = ['ssh', ...account.options, account.login, 'true'];
      const through = [...PRIVATE_MOUNTS, 'sh', '-c', mount, 'sh'];
      const run = await outcomeOf(startCommand(t, account, args, { through }));
      assert.match(run.stderr, expected);
      assert.equal(run.status, 255);
    });
  }
});
