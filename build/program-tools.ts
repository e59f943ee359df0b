import { arch, platform } from 'node:os';
import { ARM64_LIBRARIES, QEMU, WINE, WINE_SERVER } from './binary/emulator.ts';
import { STRIP } from './binary/prepare-runtime.ts';
import { ASSEMBLER, LINKER, READELF } from './linux-x86/icu-library.ts';
import { APT_GET, KEYRING_FILE } from './debian/private-apt.ts';
import type { PackageSource } from './debian/package-source.ts';
import type { TargetName } from './targets.ts';
import type { Tool } from './tool.ts';

const TOOLS: Readonly<Record<TargetName, readonly Tool[]>> = {
  'linux-x64': [STRIP],
  'linux-arm64': [
    STRIP,
    ...(`${platform()}-${arch()}` === 'linux-arm64' ? [] : [QEMU, ...ARM64_LIBRARIES]),
  ],
  'linux-x86': [APT_GET, KEYRING_FILE, ASSEMBLER, LINKER, READELF],
  'macos-x64': [STRIP],
  'macos-arm64': [STRIP],
  'windows-x64': platform() === 'win32' ? [] : [WINE, WINE_SERVER],
};

/** What only the archive of Debian takes. */
const ARCHIVE_TOOLS: readonly Tool[] = [APT_GET, KEYRING_FILE];

/**
 * Everything of the system that makes a target's program, except for signatures.
 *
 * @param debian - where the packages of Debian for Linux x86 come from
 */
export function programTools(
  name: TargetName,
  debian: PackageSource['kind'] = 'archive',
): readonly Tool[] {
  const tools = TOOLS[name];
  return debian === 'archive' ? tools : tools.filter((tool) => !ARCHIVE_TOOLS.includes(tool));
}
