import assert from 'node:assert/strict';
import { existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { until } from '../../../session/port/support/local-programs.ts';
import { needs } from '../../../support/require-tools.ts';
import { SSH, SSHD } from '../../../support/tools.ts';
import { outcomeOf, startCommand } from '../support/run-command.ts';
import { linesOf, startSshAccount } from './support/ssh-account.ts';

const OWN = 'ssh-ed25519 AAAA of the user';

describe('ssh to a target without EC2 Instance Connect', needs(SSH, SSHD), () => {
  it('adds a key by a command, and the target takes it away again', async (t) => {
    const account = await startSshAccount(t);
    const { options, login, authorizedKeys } = account;
    writeFileSync(authorizedKeys, OWN);
    const args = ['ssh', ...options, login, '--', 'echo out; echo err >&2; exit 7'];
    const run = await outcomeOf(startCommand(t, account, args));
    assert.deepEqual(run, { status: 7, stdout: 'out\n', stderr: 'err\n' });
    const [own, added = '', ...others] = linesOf(authorizedKeys);
    assert.equal(own, OWN);
    // sshd(8), "AUTHORIZED_KEYS FILE FORMAT": YYYYMMDDHHMMSS.
    assert.match(
      added,
      /^expiry-time="\d{14}" ssh-ed25519 \S{68} session-manager-plugin-\d{10}-[0-9a-f]{32}$/,
    );
    assert.deepEqual(others, []);
    account.letKeysExpire();
    await until(() => linesOf(authorizedKeys).length === 1);
    assert.deepEqual(linesOf(authorizedKeys), [OWN]);
    assert.deepEqual(account.aws.instanceConnectCalls, []);
    assert.deepEqual(readdirSync(account.runs), []);
  });

  it('passes input on, and reports the way with -v', async (t) => {
    const account = await startSshAccount(t, { node: { id: 'mi-00000000000000009' } });
    const args = ['ssh', ...account.options, '-v', '-l', account.server.user, 'web', 'cat'];
    const program = startCommand(t, account, args);
    program.stdin.end('typed');
    assert.equal((await program.end()).status, 0);
    assert.equal(program.stdout.text, 'typed');
    assert.match(program.stderr.text, /^The key was pushed by a command on the target\.\r?$/m);
    assert.match(program.stderr.text, /^Authenticated to mi-00000000000000009/m);
  });

  it('reports a user that the target does not have, and runs no ssh', async (t) => {
    const account = await startSshAccount(t);
    const run = await account.run(['ssh', ...account.options, 'no-such-user@web'], account.env);
    assert.equal(run.status, 255);
    assert.match(
      run.stderr,
      /^session-manager-plugin: web \(i-0+1\) has no user "no-such-user"\. Leave/,
    );
    assert.equal(account.aws.sessions.length, 1);
    assert.equal(existsSync(account.authorizedKeys), false);
  });

  it('reports a key that the target cannot add', async (t) => {
    const account = await startSshAccount(t);
    mkdirSync(account.authorizedKeys);
    const run = await account.run(['ssh', ...account.options, account.login, 'true'], account.env);
    assert.equal(run.status, 255);
    assert.match(
      run.stderr,
      /^session-manager-plugin: The key could not be added for the user .*directory/i,
    );
    assert.equal(account.aws.sessions.length, 1);
  });

  it('trusts a host key that is another one now, and reports it', async (t) => {
    const account = await startSshAccount(t);
    const args = ['ssh', ...account.options, account.login, 'true'];
    const first = await outcomeOf(startCommand(t, account, args));
    assert.deepEqual(first, { status: 0, stdout: '', stderr: '' });
    account.server.changeHostKey();
    const second = await outcomeOf(startCommand(t, account, args));
    assert.equal(second.status, 0);
    assert.match(second.stderr, /^The host key of i-0+1 has changed\. It is trusted, .*\n$/);
    const third = await outcomeOf(startCommand(t, account, args));
    assert.deepEqual(third, { status: 0, stdout: '', stderr: '' });
  });

  it('shares a connection without a session or a key of its own', async (t) => {
    const account = await startSshAccount(t);
    const path = join(account.server.directory, 'control');
    const shared = ['-o', 'ControlMaster=auto', '-S', path, '-o', 'ControlPersist=60'];
    const args = ['ssh', ...account.options, ...shared, account.login];
    const first = await outcomeOf(startCommand(t, account, [...args, 'echo', 'one']));
    assert.equal(first.stdout, 'one\n');
    const sessions = account.aws.sessions.length;
    const second = await outcomeOf(startCommand(t, account, [...args, 'echo', 'two']));
    assert.deepEqual(second, { status: 0, stdout: 'two\n', stderr: '' });
    assert.equal(account.aws.sessions.length, sessions);
    const end = await outcomeOf(startCommand(t, account, [...args, '-O', 'exit']));
    assert.match(end.stderr, /^Exit request sent\./);
    for (const session of account.aws.sessions) await session.closed;
    assert.deepEqual(readdirSync(account.runs), []);
  });
});
