import assert from 'node:assert/strict';
import { endWithTest, execFileSync, spawn } from '../../../support/child-process.ts';
import { once } from 'node:events';
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, it } from 'node:test';
import { needs } from '../../../support/require-tools.ts';
import { temporaryDirectory } from '../../../support/temporary-directory.ts';
import { GIT, RSYNC } from '../../../support/tools.ts';
import type { CompletedRun } from '../../support/piped-program.ts';
import { closedPort } from '../../port/support/target-service.ts';
import { KEYLESS_TOOLS, startKeyless, type KeylessClient } from './support/keyless-client.ts';

/** A path on the target, which is this machine. */
function at({ server }: KeylessClient, name: string): string {
  return join(server.directory, name);
}

const TARGET = 'i-00000000000000001';
const NODE = { id: TARGET, nameTag: 'web-1' };
/** `web-1`, for EC2 Instance Connect and everything else. */
const WEB = { node: NODE };
const OK = { status: 0, stdout: 'in\n', stderr: '' };

describe('the block of ssh-config --keyless', needs(...KEYLESS_TOOLS), () => {
  it('logs in with a key that is removed after the connection', async (t) => {
    const client = await startKeyless(t);
    const { server, aws, home } = client;
    const run = await client.run('ssh', `${server.user}@${TARGET}`, 'echo out; exit 7');
    assert.deepEqual(run, { status: 7, stdout: 'out\n', stderr: '' });
    assert.deepEqual(
      client.fileNames(),
      ['conf', 'json', 'known_hosts'].map((name) => `${TARGET}.${name}`),
    );
    assert.equal(aws.instanceConnect.pushedKeys.length, 1);
    assert.ok(!existsSync(client.authorizedKeys));
    assert.throws(() => readFileSync(join(home, '.ssh/known_hosts')));
  });

  it('takes names, with a region and a profile, in any case', async (t) => {
    const client = await startKeyless(t, { node: NODE, words: [] });
    const { aws, server, home } = client;
    mkdirSync(join(home, '.aws'));
    const profile = [
      '[profile Prod.EU]',
      'aws_access_key_id = AKIAPROD',
      'aws_secret_access_key = x',
    ];
    writeFileSync(join(home, '.aws/config'), profile.join('\n'));
    for (const host of ['web-1.ssm', 'Web-1.us-west-2.ssm', 'web-1.eu-central-1.Prod.EU.ssm']) {
      assert.deepEqual(await client.run('ssh', `${server.user}@${host}`, 'echo in'), OK, host);
    }
    const accounts = aws.apiCalls.map(({ authorization }) =>
      /=([A-Z0-9]+\/\d+\/[^/]+)/.exec(authorization)?.[1]?.replace(/\/\d+\//, ' '),
    );
    const { accessKeyId } = aws.apiCalls[0] ?? {};
    assert.deepEqual(
      [...new Set(accounts)],
      [...[`${accessKeyId} us-east-1`, `${accessKeyId} us-west-2`], 'AKIAPROD eu-central-1'],
    );
  });

  it('serves scp, sftp and rsync', needs(RSYNC), async (t) => {
    const client = await startKeyless(t, WEB);
    const { user } = client.server;
    const [source, copy] = [at(client, 'source'), at(client, 'copy')];
    writeFileSync(source, 'content');
    const to = (name: string): string => `${user}@web-1.ssm:${copy}-${name}`;
    assert.equal((await client.run('scp', '-q', source, to('scp'))).status, 0);
    const sftp = client.start('sftp', '-q', '-b', '-', `${user}@web-1.ssm`);
    sftp.stdin.end(`put ${source} ${copy}-sftp\n`);
    assert.equal((await sftp.end()).status, 0, sftp.stderr.text);
    const rsync = await client.runOther('rsync', '-e', 'keyless-ssh', source, to('rsync'));
    assert.equal(rsync.status, 0, rsync.stderr);
    for (const name of ['scp', 'sftp', 'rsync']) {
      assert.equal(readFileSync(`${copy}-${name}`, 'utf8'), 'content');
    }
  });

  it('serves git', needs(GIT), async (t) => {
    const client = await startKeyless(t, WEB);
    const repository = at(client, 'repository');
    execFileSync('git', ['init', '-q', '--bare', repository]);
    const url = `ssh://${client.server.user}@web-1.ssm${repository}`;
    const { status, stderr } = await client.runOther('git', 'clone', url, at(client, 'clone'));
    assert.equal(status, 0, stderr);
    assert.match(stderr, /You appear to have cloned an empty repository/);
  });

  it('shares a connection: later runs take no key and no session', async (t) => {
    const control = [
      'ControlMaster auto',
      'ControlPersist yes',
      `ControlPath ${temporaryDirectory(t)}/%C`,
    ];
    const client = await startKeyless(t, { node: NODE, lines: control });
    const host = `${client.server.user}@web-1.ssm`;
    assert.deepEqual(await client.run('ssh', host, 'echo in'), OK);
    t.after(() => client.run('ssh', '-O', 'exit', host));
    const [calls, key] = [client.aws.apiCalls.length, client.fileNames().length];
    assert.deepEqual(await client.run('ssh', host, 'echo in'), OK);
    assert.equal(client.aws.apiCalls.length, calls);
    assert.equal(client.fileNames().length, key);
  });

  it("forwards the user's agent, and offers none of its keys", async (t) => {
    const client = await startKeyless(t, WEB);
    const { server } = client;
    const socket = join(temporaryDirectory(t), 'agent');
    const agent = spawn('ssh-agent', ['-D', '-a', socket], { stdio: ['ignore', 'pipe', 'ignore'] });
    endWithTest(t, agent);
    await once(agent.stdout, 'data');
    execFileSync('ssh-add', ['-q', server.identity], { env: { SSH_AUTH_SOCK: socket } });
    const options = ['-A', '-v', '-o', `IdentityAgent=${socket}`, '-o', 'LogLevel=DEBUG1'];
    const { status, stdout, stderr } = await client.run(
      'ssh',
      ...options,
      `${server.user}@web-1.ssm`,
      'ssh-add -L',
    );
    assert.equal(status, 0, stderr);
    assert.equal(stdout, readFileSync(`${server.identity}.pub`, 'utf8'));
    assert.equal(/Offering public key: .* agent/.exec(stderr), null);
  });

  it('serves several connections at once with one key, which the last one removes', async (t) => {
    const client = await startKeyless(t, WEB);
    const host = `${client.server.user}@web-1.ssm`;
    const key = join(client.files, 'web-1.ssm.key', 'id');
    const runs = Array.from({ length: 3 }, () => client.start('ssh', host, 'echo in; cat'));
    for (const run of runs) await run.stdout.until('the login', (text) => text.includes('in'));
    const [first, ...others] = runs;
    first?.stdin.end();
    assert.equal((await first?.end())?.status, 0);
    assert.ok(existsSync(key));
    for (const other of others) other.stdin.end();
    for (const other of others) assert.equal((await other.end()).status, 0);
    assert.ok(!existsSync(key));
  });

  it('serves runs that follow each other while the one before still ends', async (t) => {
    const client = await startKeyless(t, WEB);
    const loop = 'for n in 1 2 3 4 5; do keyless-ssh "$0" echo in || exit; done';
    const run = await client.runOther('sh', '-c', loop, `${client.server.user}@web-1.ssm`);
    assert.deepEqual(run, { status: 0, stdout: 'in\n'.repeat(5), stderr: '' });
    assert.ok(!existsSync(join(client.files, 'web-1.ssm.key')));
  });

  for (const signal of ['SIGTERM', 'SIGHUP', 'SIGINT'] as const) {
    it(`removes the key when ${signal} ends the program before the login`, async (t) => {
      const client = await startKeyless(t, { node: NODE, hasInstanceConnect: false });
      const { server, aws, files } = client;
      // After the session that asks for the default user: the one that adds the key.
      const paused = aws.pause('StartSession', 1);
      const run = client.start('ssh', `${server.user}@web-1.ssm`, 'true');
      await paused.called;
      const [mark = ''] = readdirSync(join(files, 'web-1.ssm.key')).filter((name) =>
        /^\d/.test(name),
      );
      process.kill(Number(mark), signal);
      assert.equal((await run.end()).status, 255);
      assert.deepEqual(
        client.fileNames().filter((name) => name.includes('key')),
        [],
      );
      paused.release();
    });
  }

  it('removes a key that a killed run has left, when it is old', async (t) => {
    const client = await startKeyless(t, WEB);
    const key = join(client.files, 'web-1.ssm.key', 'id');
    const run = client.start('ssh', `${client.server.user}@web-1.ssm`, 'echo in; cat');
    await run.stdout.until('the login', (text) => text.includes('in'));
    for (const name of readdirSync(dirname(key)).filter((one) => /^\d+$/.test(one))) {
      process.kill(Number(name), 'SIGKILL');
    }
    run.kill('SIGKILL');
    await run.end();
    assert.ok(existsSync(key));
    assert.equal((await client.run('ssh', '-G', TARGET)).status, 0);
    assert.ok(existsSync(key));
    const unfinished = join(client.files, 'web-1.ssm.key-aBc123');
    mkdirSync(unfinished);
    assert.equal((await client.run('ssh', '-G', TARGET)).status, 0);
    assert.ok(existsSync(unfinished));
    const old = Date.now() / 1000 - 11 * 60;
    for (const path of [key, unfinished]) utimesSync(path, old, old);
    assert.equal((await client.run('ssh', '-G', TARGET)).status, 0);
    assert.ok(!existsSync(key));
    assert.ok(!existsSync(unfinished));
  });

  it('serves a remote editor, which runs a shell beside a SOCKS proxy', async (t) => {
    const client = await startKeyless(t, WEB);
    // Visual Studio Code, Remote - SSH: its log shows this command.
    const port = String(await closedPort(t));
    const editor = client.start('ssh', '-T', '-D', port, `${client.server.user}@web-1.ssm`, 'sh');
    editor.stdin.end('echo in\n');
    assert.deepEqual(await editor.end(), { status: 0, signal: null });
    assert.equal(editor.stdout.text, 'in\n');
  });

  it("is a way to hosts of the target's network", async (t) => {
    const client = await startKeyless(t, WEB);
    const { server } = client;
    const own = ['-i', server.identity, '-o', 'UserKnownHostsFile=/dev/null'];
    copyFileSync(`${server.identity}.pub`, client.authorizedKeys);
    const jump = ['-J', `${server.user}@web-1.ssm`, '-o', 'StrictHostKeyChecking=no', ...own];
    assert.deepEqual(await client.run('ssh', ...jump, `${server.user}@127.0.0.1`, 'echo in'), OK);
    assert.equal(client.aws.instanceConnect.pushedKeys.length, 1);
  });

  it('trusts only host keys that were read from the target, and reports a changed one', async (t) => {
    const client = await startKeyless(t, WEB);
    const { server, files } = client;
    const run = (): Promise<CompletedRun> => client.run('ssh', host, 'echo in');
    const host = `${server.user}@web-1.ssm`;
    assert.deepEqual(await run(), OK);
    server.changeHostKey();
    const refused = await run();
    assert.equal(refused.status, 255);
    assert.match(refused.stderr, /REMOTE HOST IDENTIFICATION HAS CHANGED/);
    // Some minutes later, or as ssh advises.
    rmSync(join(files, 'web-1.ssm.known_hosts'));
    const accepted = await run();
    assert.equal(accepted.stdout, 'in\n');
    assert.match(accepted.stderr, /The host key of .* has changed/);
    assert.deepEqual(await run(), OK);
  });

  it('reports that its directory cannot be made', async (t) => {
    const client = await startKeyless(t, { env: { XDG_STATE_HOME: '/dev/null' } });
    const { stderr } = await client.run('ssh', '-G', TARGET);
    assert.match(stderr, /cannot be written in \/dev\/null\/session-manager-plugin\/keyless: /);
  });

  it('does nothing in the ssh that the command ssh runs', async (t) => {
    const client = await startKeyless(t, { env: { SESSION_MANAGER_PLUGIN_SSH: '1' } });
    const { stdout } = await client.run('ssh', '-G', TARGET);
    assert.doesNotMatch(stdout, /proxycommand/);
    assert.deepEqual(client.fileNames(), []);
  });
});
