import { once } from 'node:events';
import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import { requireTools } from '../../../../../build/tool.ts';
import type { CleanupScope } from '../../../../support/cleanup-scope.ts';
import { SSH, SSHD } from '../../../../support/tools.ts';
import {
  childEnded,
  execFileSync,
  spawn,
  type ChildProcess,
} from '../../../../support/child-process.ts';

/** An OpenSSH server of this test, on which the user who runs the tests can log in. */
export interface SshServer {
  readonly port: number;
  /** For files of the client and the test; removed when the test ends. */
  readonly directory: string;
  readonly user: string;
  /** The user's private key. */
  readonly identity: string;
  /** Holds the server's key for the name `target`. */
  readonly knownHosts: string;
}

/**
 * Lines of a client's configuration (ssh_config(5)): log in to the server with its own files only, and ask nothing.
 *
 * @param knownHosts - by default, with the server's key for the name `target`
 */
export function clientLines(
  { user, identity, knownHosts: ofTarget }: SshServer,
  knownHosts = ofTarget,
): readonly string[] {
  return [
    `User ${user}`,
    `IdentityFile ${identity}`,
    'IdentitiesOnly yes',
    'IdentityAgent none',
    'BatchMode yes',
    `UserKnownHostsFile ${knownHosts}`,
    'GlobalKnownHostsFile none',
  ];
}

/** Writes the server's key for another name. @returns the path of the file */
export function writeKnownHosts({ directory, knownHosts }: SshServer, name: string): string {
  const path = join(directory, 'known_hosts_by_id');
  writeFileSync(path, readFileSync(knownHosts, 'utf8').replace('target', name));
  return path;
}

/** The chroot of the unprivileged part of a server started by root; Debian's service creates it. */
const EMPTY_DIRECTORY = '/run/sshd';
const SFTP_SERVER = 'internal-sftp';

/**
 * Starts a server for one test. Each of its processes serves one connection, as under inetd, so that the
 * system can choose the port.
 */
export async function startSshServer(t: CleanupScope): Promise<SshServer> {
  requireTools([SSHD, SSH]);
  const directory = mkdtempSync(join(tmpdir(), 'ssh-'));
  const hostKey = createKey(directory, 'host-key');
  const identity = createKey(directory, 'identity');
  copyFileSync(`${identity}.pub`, join(directory, 'authorized_keys'));
  const knownHosts = join(directory, 'known_hosts');
  writeFileSync(knownHosts, `target ${readFileSync(`${hostKey}.pub`, 'utf8')}`);
  const configuration = join(directory, 'sshd_config');
  writeFileSync(configuration, serverConfiguration(directory, hostKey));
  makeEmptyDirectory();

  const children = new Map<ChildProcess, Promise<void>>();
  const server = createServer({ pauseOnConnect: true }, (socket) => {
    const child = spawn(SSHD.program, ['-i', '-e', '-f', configuration], {
      stdio: [socket, socket, 'ignore'],
    });
    children.set(child, childEnded(child));
    // Only the child has the connection: it ends when the child closes it.
    child.on('spawn', () => socket.destroy());
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.after(async () => {
    server.close();
    await Promise.all(
      [...children].map(([child, ended]) => {
        child.kill('SIGKILL');
        return ended;
      }),
    );
    rmSync(directory, { recursive: true, force: true });
  });
  const { port } = server.address() as AddressInfo;
  return { port, directory, user: userInfo().username, identity, knownHosts };
}

function createKey(directory: string, name: string): string {
  const path = join(directory, name);
  execFileSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-f', path]);
  return path;
}

function serverConfiguration(directory: string, hostKey: string): string {
  return [
    `HostKey ${hostKey}`,
    `AuthorizedKeysFile ${join(directory, 'authorized_keys')}`,
    'AuthenticationMethods publickey',
    'PermitRootLogin yes',
    // Every user may write to the directory for temporary files.
    'StrictModes no',
    'UsePAM no',
    'PidFile none',
    `Subsystem sftp ${SFTP_SERVER}`,
    '',
  ].join('\n');
}

/** It is not removed, as by Debian's service: servers of other tests may use it at the same time. */
function makeEmptyDirectory(): void {
  if (process.getuid?.() === 0) mkdirSync(EMPTY_DIRECTORY, { mode: 0o755, recursive: true });
}
