import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { startSshServer, type SshServer } from '../../program/port/support/ssh/ssh-server.ts';
import { targetPrograms } from '../../program/port/support/ssh/target-programs.ts';
import { execFileSync } from '../../support/child-process.ts';
import { GIT, SSH, SSHD } from '../../support/tools.ts';
import { findTool } from '../../../build/tool.ts';
import { testGuide, type Circumstances } from '../support/guide.ts';

/** The section on the command that makes keys. */
const KEYLESS = 'Without keys';
/** Names under which the guide reaches the server. */
const HOSTS = ['i-0123456789abcdef0', 'bastion'];

testGuide('docs/ssh.md', { tools: [SSH, SSHD, GIT], prepare });

async function prepare(t: TestContext, heading: string): Promise<Circumstances> {
  const server = await startSshServer(t);
  const files = join(server.directory, 'www');
  mkdirSync(files);
  const { environment } = targetPrograms(t, server);
  if (heading === KEYLESS) execFileSync('git', ['init', '-q', '--bare', join(files, 'site.git')]);
  const key = readFileSync(server.knownHosts, 'utf8').replace('target ', '');
  return {
    account: { sshPort: server.port, agent: { environment } },
    env: { XDG_RUNTIME_DIR: makeDirectory(server, 'runtime') },
    aliases: () => ({
      'ec2-user': server.user,
      '/srv/www': files,
      // OpenSSH asks the system where the home directory is, not the environment.
      '~/.ssh/%C': '${HOME}/.ssh/%C',
    }),
    files: {
      '~/.ssh/id_ed25519': readFileSync(server.identity, 'utf8'),
      '~/.ssh/known_hosts': HOSTS.map((host) => `${host} ${key}`).join(''),
    },
    programs:
      heading === KEYLESS
        ? { ssh: `exec ${pathOf('ssh')} -F /dev/null "$@"\n` }
        : { ssh: inHome('ssh'), scp: inHome('scp'), sftp: inHome('sftp') },
  };
}

function makeDirectory({ directory }: SshServer, name: string): string {
  const path = join(directory, name);
  mkdirSync(path, { mode: 0o700 });
  return path;
}

function pathOf(program: string): string {
  return findTool({ ...SSH, program }) ?? program;
}

/** Runs a program of OpenSSH with the files of HOME. */
function inHome(program: string): string {
  return [
    `exec ${pathOf(program)} -F "$HOME/.ssh/config" -o IdentityFile="$HOME/.ssh/id_ed25519" \\`,
    '  -o UserKnownHostsFile="$HOME/.ssh/known_hosts" -o GlobalKnownHostsFile=none \\',
    '  -o IdentityAgent=none -o IdentitiesOnly=yes "$@"',
    '',
  ].join('\n');
}
