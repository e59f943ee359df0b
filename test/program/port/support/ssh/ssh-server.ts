import { once } from 'node:events';
import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer as createHttpServer } from 'node:http';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import { requireTools } from '../../../../../build/tool.ts';
import type { CleanupScope } from '../../../../support/cleanup-scope.ts';
import { CURL, SSH, SSHD } from '../../../../support/tools.ts';
import {
  childEnded,
  execFileSync,
  spawn,
  type ChildProcess,
} from '../../../../support/child-process.ts';

/** How a server differs from the usual one. */
export interface SshServerOptions {
  /**
   * Keys of a user besides those of the file, asked for each connection, as the package ec2-instance-connect makes a
   * server ask the instance's metadata.
   */
  readonly pushedKeys?: (user: string) => readonly string[];
  /** The authorized_keys file (sshd_config(5), AuthorizedKeysFile). By default, one with the user's key. */
  readonly authorizedKeysFile?: string;
}

/** An OpenSSH server of this test, on which the user who runs the tests can log in. */
export interface SshServer {
  readonly port: number;
  /** For files of the client and the test; removed when the test ends. */
  readonly directory: string;
  readonly user: string;
  /** For PATH of commands on the target: its `sshd` is one with the configuration of this server. */
  readonly programs: string;
  /** The user's private key. */
  readonly identity: string;
  /** Holds the server's key for the name `target`. */
  readonly knownHosts: string;
  /** The server's public key: a line of type, key and comment. */
  hostKey(): string;
  /** Gives the server another key, as a new machine of the name has. */
  changeHostKey(): void;
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
const KEYS_PATH = '/latest/meta-data/managed-ssh-keys/active-keys/';

/**
 * Starts a server for one test. Each of its processes serves one connection, as under inetd, so that the
 * system can choose the port.
 */
export async function startSshServer(
  t: CleanupScope,
  options: SshServerOptions = {},
): Promise<SshServer> {
  requireTools([SSHD, SSH, ...(options.pushedKeys === undefined ? [] : [CURL])]);
  const directory = mkdtempSync(join(tmpdir(), 'ssh-'));
  const hostKeyFile = createKey(directory, 'host-key');
  const hostKey = (): string => readFileSync(`${hostKeyFile}.pub`, 'utf8');
  const identity = createKey(directory, 'identity');
  copyFileSync(`${identity}.pub`, join(directory, 'authorized_keys'));
  const knownHosts = join(directory, 'known_hosts');
  writeFileSync(knownHosts, `target ${hostKey()}`);
  const configuration = join(directory, 'sshd_config');
  const lines = [
    ...serverConfiguration(directory, hostKeyFile, options.authorizedKeysFile),
    ...(options.pushedKeys === undefined ? [] : await askForKeys(t, directory, options.pushedKeys)),
  ];
  writeFileSync(configuration, `${lines.join('\n')}\n`);
  const programs = join(directory, 'programs');
  mkdirSync(programs);
  writeProgram(join(programs, 'sshd'), `exec ${SSHD.program} -f ${configuration} "$@"`);
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
  return {
    ...{ port, directory, programs, user: userInfo().username, identity, knownHosts, hostKey },
    changeHostKey() {
      rmSync(hostKeyFile);
      rmSync(`${hostKeyFile}.pub`);
      createKey(directory, 'host-key');
    },
  };
}

function createKey(directory: string, name: string): string {
  const path = join(directory, name);
  execFileSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-f', path]);
  return path;
}

function serverConfiguration(
  directory: string,
  hostKeyFile: string,
  authorizedKeysFile = join(directory, 'authorized_keys'),
): readonly string[] {
  return [
    `HostKey ${hostKeyFile}`,
    `AuthorizedKeysFile ${authorizedKeysFile}`,
    'AuthenticationMethods publickey',
    'PermitRootLogin yes',
    // Every user may write to the directory for temporary files.
    'StrictModes no',
    'UsePAM no',
    'PidFile none',
    `Subsystem sftp ${SFTP_SERVER}`,
  ];
}

/**
 * The lines of sshd_config(5) with which a server asks for keys, as images of EC2 do (aws-ec2-instance-connect-config,
 * `eic_run_authorized_keys`): a script asks the instance metadata with curl. The program of an AuthorizedKeysCommand
 * belongs to root, in directories that only root may change, so it is one of the system that runs the script.
 */
async function askForKeys(
  t: CleanupScope,
  directory: string,
  keysOf: (user: string) => readonly string[],
): Promise<readonly string[]> {
  const metadata = createHttpServer((request, response) => {
    const user = (request.url ?? '').slice(KEYS_PATH.length);
    response.end(
      keysOf(user)
        .map((key) => `${key}\n`)
        .join(''),
    );
  });
  metadata.listen(0, '127.0.0.1');
  await once(metadata, 'listening');
  t.after(() => {
    metadata.closeAllConnections();
    metadata.close();
  });
  const { port } = metadata.address() as AddressInfo;
  const script = writeProgram(
    join(directory, 'eic_run_authorized_keys'),
    `exec curl -s -f -m 5 --noproxy '*' "http://127.0.0.1:${port}${KEYS_PATH}$1"`,
  );
  return [
    `AuthorizedKeysCommand /usr/bin/env ${script} %u`,
    `AuthorizedKeysCommandUser ${userInfo().username}`,
  ];
}

function writeProgram(path: string, line: string): string {
  writeFileSync(path, `#!/bin/sh\n${line}\n`, { mode: 0o755 });
  return path;
}

/** It is not removed, as by Debian's service: servers of other tests may use it at the same time. */
function makeEmptyDirectory(): void {
  if (process.getuid?.() === 0) mkdirSync(EMPTY_DIRECTORY, { mode: 0o755, recursive: true });
}
