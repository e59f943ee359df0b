import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { sshFailures } from '../../failures/ssh.ts';
import { environmentForPrograms, findProgram } from '../../lib/find-program.ts';
import { CommandError, type CommandContext } from '../framework/command-context.ts';

/** The parts of the context with which programs of OpenSSH are found and run. */
export type OpenSshContext = Pick<CommandContext, 'env' | 'platform'>;

/** Most characters that a message quotes of another program's error: its first lines name the reason. */
export const SHOWN_REASON_CHARACTERS = 200;

/** The OpenSSH of this machine. */
export interface OpenSsh {
  /** Paths of its programs. */
  readonly ssh: string;
  readonly keygen: string;
  /** Major and minor; undefined when `ssh -V` prints something else. */
  readonly version: readonly [number, number] | undefined;
}

/** `OpenSSH_9.2p1 Debian-2+deb12u7, OpenSSL 3.0.17`, and `OpenSSH_for_Windows_9.5p1, LibreSSL 3.8.2`. */
const VERSION = /^OpenSSH_(?:for_Windows_)?(\d+)\.(\d+)/;

/**
 * Finds OpenSSH on PATH.
 *
 * @throws CommandError when it is not installed
 */
export async function findOpenSsh({ env, platform }: OpenSshContext): Promise<OpenSsh> {
  const find = (name: string): string => {
    const path = findProgram(name, env, platform);
    if (path === undefined) throw new CommandError(sshFailures['ssh-missing'](name));
    return path;
  };
  const ssh = find('ssh');
  const keygen = find('ssh-keygen');
  // It prints to stderr.
  const { stderr } = await runOpenSsh(ssh, ['-V'], env).catch(() => ({ stderr: '' }));
  const [, major, minor] = VERSION.exec(stderr) ?? [];
  const version = major === undefined ? undefined : ([Number(major), Number(minor)] as const);
  return { ssh, keygen, version };
}

/** Whether a version is at least the given one. An unknown version counts as new. */
export function isAtLeast({ version }: OpenSsh, major: number, minor: number): boolean {
  if (version === undefined) return true;
  return version[0] > major || (version[0] === major && version[1] >= minor);
}

/**
 * Runs a program of OpenSSH without a terminal and without input.
 *
 * @throws Error with its stderr when it fails
 */
export function runOpenSsh(
  path: string,
  args: readonly string[],
  env: CommandContext['env'],
): Promise<{ readonly stdout: string; readonly stderr: string }> {
  return promisify(execFile)(path, args, { env: environmentForPrograms(env) });
}
