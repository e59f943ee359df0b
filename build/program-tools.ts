import { arch, platform } from 'node:os';
import { ARM64_LIBRARIES, QEMU } from './binary/emulator.ts';
import { STRIP } from './binary/prepare-runtime.ts';
import { ASSEMBLER, LINKER, READELF } from './own-libraries/debian-node/icu-library.ts';
import { APT_GET, KEYRING_FILE } from './debian/private-apt.ts';
import type { PackageSource } from './debian/package-source.ts';
import type { TargetName } from './targets.ts';
import type { Tool } from './tool.ts';
import { NEEDED_BY_WINE } from './windows/wine.ts';

const TOOLS: Readonly<Record<TargetName, readonly Tool[]>> = {
  'linux-x64': [STRIP],
  'linux-arm64': [
    STRIP,
    ...(`${platform()}-${arch()}` === 'linux-arm64' ? [] : [QEMU, ...ARM64_LIBRARIES]),
  ],
  'linux-x86': [APT_GET, KEYRING_FILE, ASSEMBLER, LINKER, READELF],
  'macos-x64': [STRIP],
  'macos-arm64': [STRIP],
  'windows-x64': platform() === 'win32' ? [] : NEEDED_BY_WINE,
};

/** What Linux x86 needs only for the archive of Debian. */
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
  const fromArchive = name !== 'linux-x86' || debian === 'archive';
  return fromArchive ? tools : tools.filter((tool) => !ARCHIVE_TOOLS.includes(tool));
}
