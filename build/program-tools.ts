import { arch, platform } from 'node:os';
import { ARM64_LIBRARIES, QEMU } from './binary/emulator.ts';
import { STRIP } from './binary/prepare-runtime.ts';
import { ASSEMBLER, LINKER, READELF } from './own-libraries/debian-node/icu-library.ts';
import { librariesFor, PATCHELF } from './binary/shipped-libraries.ts';
import { APT_GET, KEYRING_FILE } from './debian/private-apt.ts';
import type { PackageSource } from './debian/package-source.ts';
import type { TargetName } from './targets.ts';
import type { Tool } from './tool.ts';
import { NEEDED_BY_WINE } from './windows/wine.ts';

/** What the runtime needs that puts programs together on this machine. */
const GENERATOR: readonly Tool[] =
  platform() === 'linux'
    ? librariesFor({ platform: 'linux', arch: arch() === 'arm64' ? 'arm64' : 'x64' })
    : [];

const TOOLS: Readonly<Record<TargetName, readonly Tool[]>> = {
  'linux-x64': [...GENERATOR, STRIP, PATCHELF],
  'linux-arm64': [
    ...GENERATOR,
    STRIP,
    PATCHELF,
    ...(`${platform()}-${arch()}` === 'linux-arm64'
      ? []
      : [QEMU, ...ARM64_LIBRARIES, ...librariesFor({ platform: 'linux', arch: 'arm64' })]),
  ],
  'linux-x86': [APT_GET, KEYRING_FILE, ASSEMBLER, LINKER, READELF],
  'macos-x64': [...GENERATOR, STRIP],
  'macos-arm64': [...GENERATOR, STRIP],
  'windows-x64': platform() === 'win32' ? [] : [...GENERATOR, ...NEEDED_BY_WINE],
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
