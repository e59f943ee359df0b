import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { TestContext } from 'node:test';
import { INSTALL_DIRECTORY } from '../../../../build/install-directory.ts';
import type { Tool } from '../../../../build/tool.ts';
import { spawnSync } from '../../../support/child-process.ts';
import { requireNothing, requireTools } from '../../../support/require-tools.ts';
import { ensureEmulator } from './i386-emulator.ts';
import { takeFromPackage } from './take-from-package.ts';

const UNSHARE: Tool = { program: 'unshare', debianPackage: 'util-linux' };
/** A shell and small tools in one file that needs no libraries. */
const SHELL = { package: 'busybox-static', architecture: 'i386', path: 'usr/bin/busybox' } as const;

/** A root directory with the program for Linux x86, a shell, `/dev` and `/proc`, and nothing else. */
export interface I386Root {
  readonly directory: string;
  /** Prefix of a command: runs it in the root. */
  readonly enter: readonly string[];
  remove(): void;
}

/**
 * Whether this machine can run programs in such a root. Where it cannot the test is skipped, but on a
 * build server, which has to be able to, the test fails.
 */
export function requireI386(t: TestContext): boolean {
  if (!requireTools(t, UNSHARE)) return false;
  const trial = spawnSync('unshare', [...NAMESPACES, '/bin/true'], { encoding: 'utf8' });
  const advice = `namespaces are not allowed here, run as root: ${trial.stderr.trim()}`;
  return requireNothing(t, trial.status === 0 ? undefined : advice);
}

const LOADER = 'lib/ld-linux.so.2';
const NAMESPACES = ['--user', '--map-root-user', '--mount'] as const;

/**
 * ELF for Intel 80386, executable or shared, of any ABI version, in the form of the kernel's
 * binfmt_misc (Documentation/admin-guide/binfmt-misc.rst). `F`: opened now, outside the root.
 */
const FORMAT = String.raw`:i386:M::\x7fELF\x01\x01\x01\x00\x00\x00\x00\x00\x00\x00\x00\x00\x02\x00\x03\x00:\xff\xff\xff\xff\xff\xfe\xfe\x00\xff\xff\xff\xff\xff\xff\xff\xff\xfe\xff\xff\xff:`;

/**
 * A kernel without 32-bit emulation is given an emulator for these processes alone: binfmt_misc
 * belongs to the user namespace.
 */
const ENTER = `
set -e
root=$1
emulator=$2
format=$3
shift 3
[ -z "$emulator" ] || {
  mount -t binfmt_misc binfmt_misc /proc/sys/fs/binfmt_misc
  printf '%s%s:F' "$format" "$emulator" >/proc/sys/fs/binfmt_misc/register
}
mount --rbind /dev "$root/dev"
mount --rbind /proc "$root/proc"
exec chroot "$root" "$@"
`;

/**
 * Makes a root with an installed program.
 *
 * @param tree - the program as it is installed
 */
export async function createI386Root(tree: string): Promise<I386Root> {
  const directory = mkdtempSync(join(tmpdir(), 'i386-root-'));
  for (const path of ['bin', 'dev', 'etc', 'proc', 'tmp', dirname(INSTALL_DIRECTORY)]) {
    mkdirSync(join(directory, path), { recursive: true });
  }
  const shell = join(directory, 'bin/busybox');
  await takeFromPackage(SHELL.package, SHELL.architecture, SHELL.path, shell);
  symlinkSync('busybox', join(directory, 'bin/sh'));
  writeFileSync(join(directory, 'etc/hosts'), '127.0.0.1 localhost\n');
  cpSync(tree, join(directory, INSTALL_DIRECTORY), { recursive: true, preserveTimestamps: true });
  const emulator = await ensureEmulator(directory, join(directory, INSTALL_DIRECTORY, LOADER));
  return {
    directory,
    enter: [
      ...['unshare', ...NAMESPACES, '/bin/sh', '-c', ENTER, 'sh'],
      ...[directory, emulator, FORMAT],
    ],
    remove: () => rmSync(directory, { recursive: true, force: true }),
  };
}
