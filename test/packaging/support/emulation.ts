import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { runTool, type Tool } from '../../../build/tool.ts';
import type { DebArchitecture } from '../../../packaging/deb/control.ts';
import { ARCH_TEST } from '../../support/tools.ts';
import { spawnSync } from '../../support/child-process.ts';

/** How programs of an architecture come to run on this machine. */
export type Execution = 'native' | 'emulated';

const MOUNT: Tool = { program: 'mount', debianPackage: 'mount' };
const BINFMT = '/proc/sys/fs/binfmt_misc';
const REGISTER = join(BINFMT, 'register');

/**
 * What lets the kernel start programs of an architecture through qemu, in the form it reads. The
 * emulator is opened at once (flag F), so it is found in any root directory.
 */
interface Handler {
  readonly name: string;
  readonly registration: () => string;
}

const HANDLERS: Readonly<Record<DebArchitecture, Handler | undefined>> = {
  amd64: undefined,
  i386: { name: 'qemu-i386', registration: registrationOfI386 },
  arm64: {
    name: 'qemu-aarch64',
    // What qemu-user-static brings for systemd's binfmt.d(5).
    registration: () => readFileSync('/usr/lib/binfmt.d/qemu-aarch64.conf', 'latin1'),
  },
};

/**
 * Lets programs of an architecture run, as installing qemu-user-static does on a machine that systemd
 * has started. It lasts until the machine stops.
 *
 * @throws ToolError or a system error when this needs more rights, or qemu-user-static is missing
 */
export function enablePrograms(architecture: DebArchitecture): Execution {
  const handler = HANDLERS[architecture];
  if (handler === undefined) return 'native';
  if (!existsSync(REGISTER)) runTool(MOUNT, ['-t', 'binfmt_misc', 'binfmt_misc', BINFMT]);
  if (isEmulated(architecture)) return 'emulated';
  if (spawnSync(ARCH_TEST.program, [architecture]).status === 0) return 'native';
  try {
    writeFileSync(REGISTER, handler.registration());
  } catch (error) {
    // Another process was first.
    if (!isEmulated(architecture)) throw error;
  }
  return 'emulated';
}

/** Whether an emulator has been registered for the whole machine. */
export function isEmulated(architecture: DebArchitecture): boolean {
  const handler = HANDLERS[architecture];
  return handler !== undefined && existsSync(join(BINFMT, handler.name));
}

/**
 * Debian registers none, because x86-64 processors run these programs; some virtual machines do not.
 * The bytes are the beginning of an ELF file (elf(5)): 32 bits, least significant byte first, any
 * operating system, executable (2) or shared (3), for EM_386 (3).
 */
function registrationOfI386(): string {
  const magic = `\\x7fELF\\x01\\x01\\x01${'\\x00'.repeat(9)}\\x02\\x00\\x03\\x00`;
  const mask = `${'\\xff'.repeat(7)}\\x00${'\\xff'.repeat(8)}\\xfe\\xff\\xff\\xff`;
  return `:qemu-i386:M::${magic}:${mask}:/usr/bin/qemu-i386-static:OPF`;
}
