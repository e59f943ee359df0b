import { arch, platform } from 'node:os';
import { DPKG_DEB } from '../packaging/deb/deb.ts';
import { RPMBUILD } from '../packaging/rpm/rpm.ts';
import { MAKENSIS } from '../packaging/windows/setup.ts';
import { ARM64_LIBRARIES, QEMU, WINE, WINE_SERVER } from './binary/emulator.ts';
import { STRIP } from './binary/prepare-runtime.ts';
import { ASSEMBLER, LINKER, READELF } from './linux-x86/icu-library.ts';
import { APT_GET, KEYRING_FILE } from './linux-x86/private-apt.ts';
import type { TargetName } from './targets.ts';
import type { Tool } from './tool.ts';

const LINUX_PACKAGES: readonly Tool[] = [DPKG_DEB, RPMBUILD];

const TOOLS: Readonly<Record<TargetName, readonly Tool[]>> = {
  'linux-x64': [STRIP, ...LINUX_PACKAGES],
  'linux-arm64': [
    STRIP,
    ...LINUX_PACKAGES,
    ...(`${platform()}-${arch()}` === 'linux-arm64' ? [] : [QEMU, ...ARM64_LIBRARIES]),
  ],
  'linux-x86': [APT_GET, KEYRING_FILE, ASSEMBLER, LINKER, READELF, ...LINUX_PACKAGES],
  'macos-x64': [STRIP],
  'macos-arm64': [STRIP],
  'windows-x64': [MAKENSIS, ...(platform() === 'win32' ? [] : [WINE, WINE_SERVER])],
};

/**
 * Everything of the system that makes a target's program and downloads, but for signatures. It is
 * checked before the first step, so that one message names all that is missing.
 */
export function targetTools(name: TargetName): readonly Tool[] {
  return TOOLS[name];
}
