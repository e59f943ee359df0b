import assert from 'node:assert/strict';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { describe, it, type TestContext } from 'node:test';
import { ACCESS_KEY } from '../../../local-aws/api/access-api.ts';
import { until } from '../../../session/port/support/local-programs.ts';
import { execFileSync, spawn } from '../../../support/child-process.ts';
import { needs } from '../../../support/require-tools.ts';
import { temporaryDirectory } from '../../../support/temporary-directory.ts';
import { SSH, SSHD } from '../../../support/tools.ts';
import { outcomeOf, startCommand, startTerminalCommand } from '../support/run-command.ts';
import { startSshAccount } from './support/ssh-account.ts';

/** Starts an agent of OpenSSH with a key. @returns its socket, and the key */
async function startAgent(
  t: TestContext,
): Promise<{ readonly socket: string; readonly key: string }> {
  const directory = temporaryDirectory(t);
  const socket = join(directory, 'agent');
  const file = join(directory, 'key');
  const agent = spawn('ssh-agent', ['-D', '-a', socket], { stdio: ['ignore', 'pipe', 'ignore'] });
  t.after(async () => {
    agent.kill('SIGTERM');
    await once(agent, 'close');
  });
  // It prints its socket when it listens.
  await once(agent.stdout, 'data');
  agent.stdout.resume();
  execFileSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-C', 'own', '-f', file]);
  execFileSync('ssh-add', ['-q', file], { env: { ...process.env, SSH_AUTH_SOCK: socket } });
  const [key = ''] = execFileSync('ssh-add', ['-L'], {
    env: { ...process.env, SSH_AUTH_SOCK: socket },
    encoding: 'utf8',
  }).split('\n');
  return { socket, key };
}

describe('a session of ssh', needs(SSH, SSHD), () => {
  it('has the terminal, and ends with the status of the shell', async (t) => {
    const account = await startSshAccount(t);
    const args = ['ssh', ...account.options, '-t', account.login, 'exec sh'];
    const program = await startTerminalCommand(t, account, args);
    await program.screen.until('a prompt', (text) => /[#$] $/.test(text));
    // By a shell of its own: a signal may otherwise come before this shell has given the terminal to `sleep`.
    program.type(`sh -c 'echo be""gun; exec sleep 600'\r`);
    await program.screen.until('the command', (text) => text.includes('begun'));
    // Ctrl-C is for the remote command only. What is typed before the next prompt may be discarded with it.
    program.type('\x03');
    await program.screen.until('a prompt', (text) => /begun.*[#$] $/s.test(text));
    program.type('tty && exit 3\r');
    assert.equal((await program.end()).status, 3);
    assert.match(program.screen.text, /\/dev\/pts\/\d+/);
  });

  it('forwards the agent of the user with -A, and does not offer its keys', async (t) => {
    const account = await startSshAccount(t);
    const { socket, key } = await startAgent(t);
    const env = { ...account.env, SSH_AUTH_SOCK: socket };
    const args = ['ssh', ...account.options, '-v', '-A', account.login, 'ssh-add -L'];
    const run = await outcomeOf(startCommand(t, { ...account, env }, args));
    assert.equal(run.status, 0, run.stderr);
    // Also the key of the run was not added to it.
    assert.equal(run.stdout, `${key}\n`);
    const offered = run.stderr.match(/^debug1: Offering public key: .*$/gm) ?? [];
    assert.equal(offered.length, 1, run.stderr);
    assert.match(offered[0], /\/ssh\/run-\d+-\w+\/id_ed25519 /);
  });

  it('takes the user from the files of ssh, before the default one', async (t) => {
    const account = await startSshAccount(t);
    const { server, options } = account;
    const file = join(server.directory, 'client');
    writeFileSync(
      file,
      `Host i-*\n  User ${server.user}\n  LocalCommand echo local\n  PermitLocalCommand yes\n`,
    );
    const args = ['ssh', '-F', file, ...options.slice(2), 'web', 'echo $LOGNAME'];
    const run = await outcomeOf(startCommand(t, account, args));
    assert.equal(run.status, 0, run.stderr);
    assert.match(run.stdout, /^local$/m);
    assert.match(run.stdout, new RegExp(`^${server.user}$`, 'm'));
  });

  it('uses one request for just-in-time access for all its sessions', async (t) => {
    const account = await startSshAccount(t, { aws: { access: {} } });
    const { aws, options, login } = account;
    const own = ['--request-access', '--reason', 'ticket 7', '--quiet'];
    const program = startCommand(t, account, ['ssh', ...own, ...options, login, 'echo in']);
    await until(() => aws.accessRequests.length > 0);
    const [request] = aws.accessRequests;
    assert.ok(request !== undefined);
    request.state = 'Approved';
    const run = await outcomeOf(program);
    assert.deepEqual([run.status, run.stdout], [0, 'in\n'], run.stderr);
    assert.equal(aws.accessRequests.length, 1);
    const starts = aws.apiCalls.filter(({ operation }) => operation === 'StartSession');
    assert.deepEqual(
      starts.map(({ accessKeyId }) => accessKeyId),
      [ACCESS_KEY, ACCESS_KEY],
    );
  });

  it('forwards a port with -N and -L, and blames no key when the connection is lost', async (t) => {
    const account = await startSshAccount(t);
    const { server, options, login, aws } = account;
    // A socket has a name that no other program can take; ssh lets the system choose no port.
    const local = join(temporaryDirectory(t), 'local.sock');
    const forward = `${local}:127.0.0.1:${server.port}`;
    const program = startCommand(t, account, ['ssh', ...options, '-N', '-L', forward, login, '-v']);
    await program.stderr.until('the port', (text) => text.includes('Entering interactive session'));
    const socket = connect(local);
    const [banner] = (await once(socket, 'data')) as [Buffer];
    assert.match(banner.toString(), /^SSH-2\.0-OpenSSH/);
    socket.destroy();
    aws.sessions.at(-1)?.terminate();
    assert.equal((await program.end()).status, 255);
    assert.doesNotMatch(program.stderr.text, /The login|The key for/);
  });
});
