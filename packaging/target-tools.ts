import type { PackageSource } from '../build/debian/package-source.ts';
import { ARCHIVE_TOOLS } from '../build/debian/private-apt.ts';
import { programTools } from '../build/program-tools.ts';
import { isWindows, type TargetName } from '../build/targets.ts';
import type { Tool } from '../build/tool.ts';
import { TAR } from './archive/tar-file.ts';
import { DPKG_DEB } from './deb/deb.ts';
import { RPMBUILD } from './rpm/rpm.ts';
import { makeMakensis, NEEDED_BY_MAKENSIS } from '../build/windows/makensis.ts';

const LINUX_PACKAGES: readonly Tool[] = [TAR, DPKG_DEB, RPMBUILD];

const PACKAGE_TOOLS: Readonly<Record<TargetName, readonly Tool[]>> = {
  'linux-x64': LINUX_PACKAGES,
  'linux-arm64': LINUX_PACKAGES,
  'linux-x86': LINUX_PACKAGES,
  'macos-x64': [TAR],
  'macos-arm64': [TAR],
  'windows-x64': NEEDED_BY_MAKENSIS,
  'windows-arm64': NEEDED_BY_MAKENSIS,
  'linux-x64-static': [TAR],
  'linux-arm64-static': [TAR],
};

/**
 * Everything of the system that makes a target's program and downloads, except for signatures. It is
 * checked before the first step, so that one message names all that is missing.
 */
export function targetTools(
  name: TargetName,
  debian: PackageSource['kind'] = 'archive',
): readonly Tool[] {
  const tools = PACKAGE_TOOLS[name];
  const needed =
    debian === 'archive' ? tools : tools.filter((tool) => !ARCHIVE_TOOLS.includes(tool));
  return [...programTools(name, debian), ...needed];
}

/**
 * Makes the tools of a target's packages that this system need not have.
 *
 * @param debian - where those come from whose code gets into packages
 * @returns what identifies this code
 * @throws UnavailableError when they cannot be made; ToolError and BuildError as {@link makeMakensis}
 */
export async function makeTargetTools(
  name: TargetName,
  debian: PackageSource,
): Promise<readonly string[]> {
  return isWindows(name) ? makeMakensis(name, debian) : [];
}
