import assert from 'node:assert/strict';
import { mkdirSync, readdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, it } from 'node:test';
import { until } from '../../../session/port/support/local-programs.ts';
import { needs } from '../../../support/require-tools.ts';
import { SSH, SSHD } from '../../../support/tools.ts';
import { outcomeOf, startCommand } from '../support/run-command.ts';
import { startSshAccount } from './support/ssh-account.ts';

describe('the key of a run of ssh', needs(SSH, SSHD), () => {
  it('is removed when SIGTERM ends the run', async (t) => {
    const account = await startSshAccount(t);
    const args = ['ssh', ...account.options, account.login, 'echo on; cat'];
    const program = startCommand(t, account, args);
    await program.stdout.until('the command', (text) => text.includes('on'));
    assert.equal(readdirSync(account.runs).length, 1);
    program.kill('SIGTERM');
    const { status } = await program.end();
    assert.notEqual(status, 0);
    assert.deepEqual(readdirSync(account.runs), []);
    for (const session of account.aws.sessions) await session.closed;
  });

  it('is removed by the next run after SIGKILL, and those of running ones stay', async (t) => {
    const account = await startSshAccount(t);
    const args = ['ssh', ...account.options, account.login, 'echo on; cat'];
    const killed = startCommand(t, account, args);
    await killed.stdout.until('the command', (text) => text.includes('on'));
    const [left = ''] = readdirSync(account.runs);
    killed.kill('SIGKILL');
    // The end of its streams comes with that of ssh, which reads them.
    killed.stdin.end();
    await killed.end();
    assert.deepEqual(readdirSync(account.runs), [left]);
    const running = `run-${process.pid}-x`;
    mkdirSync(join(account.runs, running));
    const next = await outcomeOf(
      startCommand(t, account, ['ssh', ...account.options, account.login, 'true']),
    );
    assert.deepEqual(next, { status: 0, stdout: '', stderr: '' });
    assert.deepEqual(readdirSync(account.runs), [running]);
    assert.equal(dirname(account.runs).endsWith('session-manager-plugin'), true);
  });

  it('is removed when a signal comes while the target is asked', async (t) => {
    const account = await startSshAccount(t, {
      agent: { startAfter: new Promise(() => undefined) },
    });
    const program = startCommand(t, account, ['ssh', ...account.options, account.login]);
    await until(() => account.aws.sessions.length > 0);
    program.kill('SIGINT');
    assert.equal((await program.end()).status, 130);
    assert.deepEqual(readdirSync(account.runs), []);
  });

  it('is not looked for by a connection that begins when the run has ended', async (t) => {
    const account = await startSshAccount(t);
    const run = await account.run(['__ssh-connect', 'i-00000000000000001', 'anna', '/gone', '22']);
    assert.deepEqual(
      { ...run, signal: null },
      { status: 255, signal: null, stdout: '', stderr: '' },
    );
    assert.equal(account.aws.sessions.length, 0);
  });
});
