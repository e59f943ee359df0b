import { arch } from 'node:os';
import { join } from 'node:path';
import { isEmulated } from '../../../packaging/support/emulation.ts';
import { takeFromPackage } from './take-from-package.ts';
import { spawnSync } from '../../../support/child-process.ts';

/** Names of architectures in Debian, by those in Node.js. */
const DEBIAN_ARCHITECTURES: Readonly<Record<string, string>> = { x64: 'amd64', arm64: 'arm64' };

/**
 * The emulator for i386 of the suite that the product's Node.js is of. The one of Debian 12
 * (QEMU 7.2) does not do: after a signal it gives a thread the local storage of another one, and it
 * does not know the calls by which new C libraries set a terminal (TCSETS2).
 */
const PACKAGE = 'qemu-user';
const EMULATOR = 'usr/bin/qemu-i386';

/**
 * An emulator for machines whose kernel runs no 32-bit programs.
 *
 * @param directory - takes the emulator
 * @param program - an i386 program for a trial, called with `--version`
 * @returns the emulator's path, or an empty string when the kernel itself runs i386
 */
export async function ensureEmulator(directory: string, program: string): Promise<string> {
  const runs = spawnSync(program, ['--version']).status === 0;
  // Asked afterwards: another test may be registering Debian's own emulator meanwhile.
  if (runs && !isEmulated('i386')) return '';
  const architecture = DEBIAN_ARCHITECTURES[arch()];
  if (architecture === undefined) throw new Error(`there is no emulator for i386 on ${arch()}`);
  const path = join(directory, 'qemu-i386');
  await takeFromPackage(PACKAGE, architecture, EMULATOR, path);
  return path;
}
