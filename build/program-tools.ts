import { arch, platform } from 'node:os';
import { ARM64_LIBRARIES, QEMU } from './binary/emulator.ts';
import { STRIP } from './binary/prepare-runtime.ts';
import { ASSEMBLER, LINKER, READELF } from './own-libraries/debian-node/icu-library.ts';
import { LLVM_MC, LLVM_OBJCOPY } from './own-libraries/native-program/launcher.ts';
import { librariesFor, PATCHELF } from './binary/shipped-libraries.ts';
import { ARCHIVE_TOOLS } from './debian/private-apt.ts';
import type { PackageSource } from './debian/package-source.ts';
import { hasOwnLibraries, type TargetName } from './targets.ts';
import type { Tool } from './tool.ts';
import { NEEDED_BY_WINE } from './windows/wine.ts';

/** What the runtime needs that puts programs together on this machine. */
const GENERATOR: readonly Tool[] =
  platform() === 'linux'
    ? librariesFor({ platform: 'linux', arch: arch() === 'arm64' ? 'arm64' : 'x64' })
    : [];

const LAUNCHER_TOOLS: readonly Tool[] = [LLVM_MC, LLVM_OBJCOPY];

const LINUX_X64: readonly Tool[] = [...GENERATOR, STRIP, PATCHELF];
const LINUX_ARM64: readonly Tool[] = [
  ...GENERATOR,
  STRIP,
  PATCHELF,
  ...(`${platform()}-${arch()}` === 'linux-arm64'
    ? []
    : [QEMU, ...ARM64_LIBRARIES, ...librariesFor({ platform: 'linux', arch: 'arm64' })]),
];

const TOOLS: Readonly<Record<TargetName, readonly Tool[]>> = {
  'linux-x64': LINUX_X64,
  'linux-x64-static': [...LINUX_X64, ...ARCHIVE_TOOLS, READELF, ...LAUNCHER_TOOLS],
  'linux-arm64': LINUX_ARM64,
  'linux-arm64-static': [...LINUX_ARM64, ...ARCHIVE_TOOLS, READELF, ...LAUNCHER_TOOLS],
  'linux-x86': [...ARCHIVE_TOOLS, ASSEMBLER, LINKER, READELF],
  'macos-x64': [...GENERATOR, STRIP],
  'macos-arm64': [...GENERATOR, STRIP],
  'windows-x64': platform() === 'win32' ? [] : [...GENERATOR, ...NEEDED_BY_WINE],
  'windows-arm64': GENERATOR,
};

/**
 * Everything of the system that makes a target's program, except for signatures.
 *
 * @param debian - where Debian's loader and libraries come from
 */
export function programTools(
  name: TargetName,
  debian: PackageSource['kind'] = 'archive',
): readonly Tool[] {
  const tools = TOOLS[name];
  const fromArchive = !hasOwnLibraries(name) || debian === 'archive';
  return fromArchive ? tools : tools.filter((tool) => !ARCHIVE_TOOLS.includes(tool));
}
