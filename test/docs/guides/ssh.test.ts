import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { startSshServer } from '../../program/port/support/ssh/ssh-server.ts';
import { SSH, SSHD } from '../../support/tools.ts';
import { testGuide, type Circumstances } from '../support/guide.ts';

/** Names under which the guide reaches the server. */
const HOSTS = ['i-0123456789abcdef0', 'bastion'];

testGuide('docs/ssh.md', { tools: [SSH, SSHD], prepare });

async function prepare(t: TestContext): Promise<Circumstances> {
  const server = await startSshServer(t);
  const files = join(server.directory, 'www');
  mkdirSync(files);
  const key = readFileSync(server.knownHosts, 'utf8').replace('target ', '');
  return {
    account: { sshPort: server.port },
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
    programs: { ssh: inHome('ssh'), scp: inHome('scp'), sftp: inHome('sftp') },
  };
}

/** Runs a program of OpenSSH with the files of HOME. */
function inHome(program: string): string {
  return [
    `real=$(PATH="\${PATH#*:}" command -v ${program}) || exit 127`,
    'exec "$real" -F "$HOME/.ssh/config" -o IdentityFile="$HOME/.ssh/id_ed25519" \\',
    '  -o UserKnownHostsFile="$HOME/.ssh/known_hosts" -o GlobalKnownHostsFile=none \\',
    '  -o IdentityAgent=none -o IdentitiesOnly=yes "$@"',
    '',
  ].join('\n');
}
