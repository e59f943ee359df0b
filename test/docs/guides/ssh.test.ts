import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import type { LocalAws } from '../../local-aws/local-aws.ts';
import { startSshServer, type SshServer } from '../../program/port/support/ssh/ssh-server.ts';
import { targetPrograms } from '../../program/port/support/ssh/target-programs.ts';
import { execFileSync } from '../../support/child-process.ts';
import { CURL, GIT, SSH, SSHD } from '../../support/tools.ts';
import { findTool } from '../../../build/tool.ts';
import { testGuide, type Circumstances } from '../support/guide.ts';

/** The section on the command that makes keys. */
const KEYLESS = 'Without keys';
/** Names under which the guide reaches the server. */
const HOSTS = ['i-0123456789abcdef0', 'bastion'];
/** Their ids. */
const NODES = ['i-0123456789abcdef0', 'i-02468ace13579bdf0'];

testGuide('docs/ssh.md', { tools: [CURL, SSH, SSHD, GIT], prepare });

async function prepare(t: TestContext, heading: string): Promise<Circumstances> {
  if (heading.startsWith('Keyless hosts')) return prepareKeyless(t);
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

/** A server with EC2 Instance Connect and no key of the user, and a user without keys. */
async function prepareKeyless(t: TestContext): Promise<Circumstances> {
  const account: { aws?: LocalAws } = {};
  const server = await startSshServer(t, {
    pushedKeys: (user) =>
      NODES.flatMap((id) => account.aws?.instanceConnect.activeKeys(id, user) ?? []),
    authorizedKeysFile: 'none',
  });
  const { environment } = targetPrograms(t, server);
  const ofHome = (program: string): string =>
    `exec ${pathOf(program)} -F "$HOME/.ssh/config" "$@"\n`;
  return {
    account: { sshPort: server.port, agent: { environment } },
    aliases: (aws) => {
      account.aws = aws;
      return { 'ec2-user': server.user, '/srv/www': makeDirectory(server, 'www') };
    },
    programs: { ssh: ofHome('ssh'), scp: ofHome('scp') },
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
