import assert from 'node:assert/strict';
import { symlinkSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { describe, it, type TestContext } from 'node:test';
import { closedPort } from '../../port/support/target-service.ts';
import {
  clientLines,
  startSshServer,
  writeKnownHosts,
  type SshServer,
} from '../../port/support/ssh/ssh-server.ts';
import { startCommandPiped, type PipedProgram } from '../../support/piped-program.ts';
import { LAUNCHER, programCommand } from '../../support/program.ts';
import { TARGET } from '../../support/target.ts';
import {
  outcomeOf,
  runAlone,
  startCommand,
  startCommandTarget,
  withoutWaits,
  type CommandTarget,
} from '../support/run-command.ts';
import { temporaryDirectory } from '../../../support/temporary-directory.ts';
import { needs } from '../../../support/require-tools.ts';
import { SSH, SSHD } from '../../../support/tools.ts';

/** Starts ssh with the configuration that `ssh-config` prints, and the program on PATH. */
async function startSsh(
  t: TestContext,
  target: CommandTarget,
  server: SshServer,
  command: string,
): Promise<PipedProgram> {
  const { directory } = server;
  programCommand([]);
  symlinkSync(LAUNCHER, join(directory, 'session-manager-plugin'));
  symlinkSync(process.execPath, join(directory, 'node'));
  const { stdout: block } = await runAlone(t, ['ssh-config', '--region', target.aws.region]);
  const configuration = join(directory, 'config');
  const own = [
    'Host *',
    `Port ${server.port}`,
    ...clientLines(server, writeKnownHosts(server, TARGET)),
    '',
  ];
  writeFileSync(configuration, block + own.join('\n'), { mode: 0o600 });
  return startCommandPiped(t, ['ssh', '-F', configuration, TARGET, command], {
    env: { ...target.env, PATH: `${directory}${delimiter}${process.env['PATH'] ?? ''}` },
  });
}

describe('ssh-config', () => {
  it('prints a block for ids, with what was given', async (t) => {
    const args = ['ssh-config', '--profile', "it's 100%", '--region', 'eu-central-1'];
    assert.deepEqual(await runAlone(t, args), {
      status: 0,
      stdout:
        '# SSH through AWS Systems Manager: ssh ec2-user@i-0123456789abcdef0\n' +
        'Host i-* mi-*\n' +
        `    ProxyCommand session-manager-plugin ssh-proxy --profile 'it'\\''s 100%%' --region eu-central-1 %h %p\n`,
      stderr: '',
    });
  });

  it('reports an ssh that is too old for a block without keys', async (t) => {
    const directory = temporaryDirectory(t);
    for (const name of ['ssh', 'ssh-keygen']) {
      const script = "#!/bin/sh\necho 'OpenSSH_7.2p2 Ubuntu-4, OpenSSL 1.0.2g' >&2\n";
      writeFileSync(join(directory, name), script, { mode: 0o755 });
    }
    const run = await runAlone(t, ['ssh-config', '--keyless'], { PATH: directory });
    assert.match(run.stdout, /^Match host /m);
    assert.match(run.stderr, /too old for these lines: they need OpenSSH 7\.3/);
  });

  it('refuses a value that a Match line cannot contain', async (t) => {
    const run = await runAlone(t, ['ssh-config', '--keyless', '--profile', "it's"]);
    assert.equal(run.status, 255);
    assert.equal(run.stdout, '');
    assert.match(run.stderr, /--profile "it's" contains a character/);
  });

  it('leads ssh to the target, and ssh has its output and status', needs(SSH, SSHD), async (t) => {
    const server = await startSshServer(t);
    const target = await startCommandTarget(t);
    const ssh = await startSsh(t, target, server, 'echo out; echo err >&2; exit 7');
    assert.deepEqual(await outcomeOf(ssh), { status: 7, stdout: 'out\n', stderr: 'err\n' });
    assert.deepEqual(target.aws.sessions[0]?.request.Parameters, {
      portNumber: [String(server.port)],
    });
  });
});

describe('ssh-proxy', () => {
  it('has nothing but the bytes of the connection on stdout', needs(SSH, SSHD), async (t) => {
    const server = await startSshServer(t);
    const target = await startCommandTarget(t);
    const program = startCommand(t, target, ['ssh-proxy', TARGET, String(server.port)]);
    await program.stdout.until('the banner', (text) => text.includes('\n'));
    assert.match(program.stdout.text, /^SSH-2\.0-/);
    assert.equal(withoutWaits(program.stderr.text), '');
    // As OpenSSH ends its ProxyCommand, which is no news to its user.
    program.kill('SIGHUP');
    await program.end();
    assert.equal(withoutWaits(program.stderr.text), '');
  });

  for (const quiet of [[], ['--quiet']]) {
    it(`fails with the target's reason when nothing listens there ${quiet.join()}`, async (t) => {
      const target = await startCommandTarget(t);
      const port = String(await closedPort(t));
      const program = startCommand(t, target, ['ssh-proxy', TARGET, port, ...quiet]);
      const { status, stdout, stderr } = await outcomeOf(program);
      assert.equal(stdout, '');
      assert.match(stderr, /Unable to connect to specified port/);
      assert.equal(status, 255);
    });
  }

  it('asks for port 22 when none is given', async (t) => {
    const target = await startCommandTarget(t);
    const awaited = target.aws.nextSession();
    const program = startCommand(t, target, ['ssh-proxy', TARGET]);
    const { request } = await awaited;
    assert.equal(request.DocumentName, 'AWS-StartSSHSession');
    assert.deepEqual(request.Parameters, { portNumber: ['22'] });
    program.kill('SIGTERM');
    await program.end();
  });

  for (const port of ['0', '65536', 'ssh', '-1']) {
    it(`refuses ${port} as a port`, async (t) => {
      const { status, stdout, stderr } = await runAlone(t, ['ssh-proxy', TARGET, '--', port]);
      assert.equal(status, 255);
      assert.equal(stdout, '');
      assert.match(stderr, /A port is a number from 1 to 65535\./);
    });
  }
});
