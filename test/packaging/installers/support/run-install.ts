import {
  chmodSync,
  mkdirSync,
  readlinkSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { findTool, type Tool } from '../../../../build/tool.ts';
import { runCommandPiped, type CompletedRun } from '../../../program/support/piped-program.ts';
import { spawnSync } from '../../../support/child-process.ts';
import { temporaryDirectory } from '../../../support/temporary-directory.ts';
import { BUSYBOX, CURL, DASH, ZSH } from '../../../support/tools.ts';
import type { ReleaseSite } from './release-site.ts';

/** A shell that runs the script, and the programs that the script finds. */
export interface Surroundings {
  readonly name: string;
  /** The command line before the path of the script. */
  readonly shell: readonly string[];
  /** What this machine needs for that. */
  readonly tools: readonly Tool[];
  /** Where the programs of the script come from: the system, or BusyBox. */
  readonly programs: 'system' | 'busybox';
}

const BASH: Tool = { program: 'bash', debianPackage: 'bash' };

/** Every shell that users may run the script with. */
export const SHELLS: readonly Surroundings[] = [
  { name: 'dash', shell: ['dash'], tools: [DASH, CURL], programs: 'system' },
  { name: 'bash', shell: ['bash'], tools: [BASH, CURL], programs: 'system' },
  // What /bin/sh is on macOS.
  { name: 'bash --posix', shell: ['bash', '--posix'], tools: [BASH, CURL], programs: 'system' },
  { name: 'zsh', shell: ['zsh'], tools: [ZSH, CURL], programs: 'system' },
  { name: 'BusyBox', shell: ['sh'], tools: [BUSYBOX, CURL], programs: 'busybox' },
];

/** Programs of the system that the script uses. Those that are not required are left out where they are missing. */
const PROGRAMS = [
  ...[
    'dash',
    'bash',
    'zsh',
    'env',
    'cat',
    'mkdir',
    'mktemp',
    'readlink',
    'mv',
    'cp',
    'rm',
    'rmdir',
    'ln',
    'sed',
  ],
  ...[
    'uname',
    'getconf',
    'tar',
    'gzip',
    'sha256sum',
    'curl',
    'gpg',
    'gpgv',
    'base64',
    'openssl',
    'sh',
  ],
];

/** A user without an installation, and with a PATH of its own. */
export interface User {
  readonly home: string;
  /** The directory of the programs that the script finds. */
  readonly programs: string;
  readonly env: Record<string, string>;
}

/** A user whose programs are those that the script needs, and who trusts the authority of a site. */
export function newUser(
  t: TestContext,
  site: ReleaseSite,
  programs: Surroundings['programs'] = 'system',
): User {
  const home = join(temporaryDirectory(t), "user's home");
  const directory = temporaryDirectory(t);
  mkdirSync(home);
  if (programs === 'busybox') {
    const busybox = findTool(BUSYBOX) ?? '';
    spawnSync(busybox, ['--install', '-s', directory]);
    linkProgram(directory, 'curl');
  } else {
    for (const program of PROGRAMS) linkProgram(directory, program);
  }
  return {
    home,
    programs: directory,
    env: {
      PATH: directory,
      HOME: home,
      // The script needs no such directory: one may be full, or run no programs.
      TMPDIR: '/nonexistent',
      // curl, GNU wget
      SSL_CERT_FILE: site.authority,
      WGETRC: writeWgetConfiguration(directory, site),
    },
  };
}

function writeWgetConfiguration(directory: string, { authority }: ReleaseSite): string {
  const file = join(directory, 'wgetrc');
  writeFileSync(file, `ca_certificate = ${authority}\n`);
  return file;
}

/** Lets the script find a program of the system. */
export function linkProgram(directory: string, program: string): void {
  const path = findTool({ program, debianPackage: program });
  if (path !== undefined) symlinkSync(path, join(directory, program));
}

/** Hides a program from the script. */
export function removeProgram({ programs }: User, name: string): void {
  rmSync(join(programs, name), { force: true });
}

/** Puts a script in place of a program that the script finds. */
export function replaceProgram(user: User, name: string, script: string): void {
  removeProgram(user, name);
  const file = join(user.programs, name);
  writeFileSync(file, `#!/bin/sh\n${script}\n`);
  chmodSync(file, 0o755);
}

/** Runs an install script to its end. */
export function runScript(
  t: TestContext,
  user: User,
  script: string,
  args: readonly string[] = [],
  shell: readonly string[] = ['dash'],
): Promise<CompletedRun> {
  const file = join(temporaryDirectory(t), 'install.sh');
  writeFileSync(file, script);
  return runCommandPiped(t, [...shell, file, ...args], { env: user.env, directory: user.home });
}

/** The program on the user's PATH, by the version in the path of its installation. */
export function linkedVersion({ home }: User, directory = join(home, '.local')): string {
  const target = readlinkSync(join(directory, 'bin', 'session-manager-plugin'));
  return target
    .replace(`${realpathSync(directory)}/lib/session-manager-plugin/`, '')
    .replace(/\/.*/, '');
}
