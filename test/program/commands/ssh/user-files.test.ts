import assert from 'node:assert/strict';
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { needs } from '../../../support/require-tools.ts';
import { temporaryDirectory } from '../../../support/temporary-directory.ts';
import { SSH, SSHD } from '../../../support/tools.ts';
import { outcomeOf, runAlone, startCommand } from '../support/run-command.ts';
import { startSshAccount } from './support/ssh-account.ts';

describe('ssh with files of the user', needs(SSH, SSHD), () => {
  it('refuses a user of the files that a shell of the target would run', async (t) => {
    const account = await startSshAccount(t);
    const directory = temporaryDirectory(t);
    const file = join(directory, 'client');
    writeFileSync(file, `Host i-*\n  User x;>${directory}/made\n`);
    const args = ['ssh', '-F', file, ...account.options.slice(2), 'web', 'true'];
    const run = await outcomeOf(startCommand(t, account, args));
    assert.equal(run.status, 255);
    assert.match(run.stderr, /^session-manager-plugin: web \(i-0+1\) has no user "x;>/);
    assert.deepEqual(readdirSync(directory), ['client']);
  });

  it('runs nothing of the lines of ssh-config --keyless', async (t) => {
    const account = await startSshAccount(t);
    const directory = temporaryDirectory(t);
    const [file, log] = [join(directory, 'client'), join(directory, 'log')];
    const lines = [
      `Match exec "echo \${SESSION_MANAGER_PLUGIN_SSH:-unset} >>${log}"`,
      `ControlPath ${directory}/%C`,
    ];
    writeFileSync(file, lines.join('\n'));
    const args = ['ssh', '-F', file, ...account.options.slice(2), account.login, 'echo in'];
    const run = await outcomeOf(startCommand(t, account, args));
    assert.deepEqual(run, { status: 0, stdout: 'in\n', stderr: '' });
    // ssh -G, -O check, and the connection.
    assert.equal(readFileSync(log, 'utf8'), '1\n1\n1\n');
  });

  it('connects with any characters in the path of the directory for keys', async (t) => {
    const account = await startSshAccount(t);
    const runtime = join(temporaryDirectory(t), "it's 100% $HOME; é #");
    mkdirSync(runtime, { mode: 0o700 });
    const env = { ...account.env, XDG_RUNTIME_DIR: runtime };
    const args = ['ssh', ...account.options, account.login, 'echo in'];
    const run = await outcomeOf(startCommand(t, { ...account, env }, args));
    assert.deepEqual(run, { status: 0, stdout: 'in\n', stderr: '' });
    assert.deepEqual(readdirSync(join(runtime, 'session-manager-plugin', 'ssh')), []);
    assert.equal(existsSync(account.runs), false);
  });

  it('prints what ssh is and supports without a target', async (t) => {
    assert.match((await runAlone(t, ['ssh', '-V'])).stderr, /^OpenSSH/);
    const run = await runAlone(t, ['ssh', '-Q', 'key']);
    assert.equal(run.status, 0);
    assert.match(run.stdout, /^ssh-ed25519$/m);
  });
});
