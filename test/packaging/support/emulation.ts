import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { arch } from 'node:os';
import { join } from 'node:path';
import { runTool, type Tool } from '../../../build/tool.ts';

const BINFMT = '/proc/sys/fs/binfmt_misc';
const HANDLER = 'qemu-aarch64';
/** What qemu-user-static brings for systemd's binfmt.d(5): one line as the kernel reads it. */
const CONFIGURATION = `/usr/lib/binfmt.d/${HANDLER}.conf`;
const MOUNT: Tool = { program: 'mount', debianPackage: 'mount' };

/**
 * Lets the kernel start arm64 programs through qemu, as installing qemu-user-static does on a machine
 * that systemd has started. The emulator is opened now (flag F), so it is found in any root directory.
 *
 * @throws Error when the package is missing, ToolError when this needs more rights
 */
export function enableArm64(): void {
  if (arch() === 'arm64' || existsSync(join(BINFMT, HANDLER))) return;
  if (!existsSync(CONFIGURATION)) {
    throw new Error(`${CONFIGURATION} is missing: install the package qemu-user-static`);
  }
  const register = join(BINFMT, 'register');
  if (!existsSync(register)) {
    runTool(MOUNT, ['-t', 'binfmt_misc', 'binfmt_misc', BINFMT]);
  }
  try {
    writeFileSync(register, readFileSync(CONFIGURATION));
  } catch (error) {
    // Another process was first.
    if (!existsSync(join(BINFMT, HANDLER))) throw error;
  }
}
