import type { PackageSource } from '../build/debian/package-source.ts';
import { programTools } from '../build/program-tools.ts';
import type { TargetName } from '../build/targets.ts';
import type { Tool } from '../build/tool.ts';
import { DPKG_DEB } from './deb/deb.ts';
import { RPMBUILD } from './rpm/rpm.ts';
import { MAKENSIS } from './windows/setup.ts';

const LINUX_PACKAGES: readonly Tool[] = [DPKG_DEB, RPMBUILD];

const PACKAGE_TOOLS: Readonly<Record<TargetName, readonly Tool[]>> = {
  'linux-x64': LINUX_PACKAGES,
  'linux-arm64': LINUX_PACKAGES,
  'linux-x86': LINUX_PACKAGES,
  'macos-x64': [],
  'macos-arm64': [],
  'windows-x64': [MAKENSIS],
};

/**
 * Everything of the system that makes a target's program and downloads, except for signatures. It is
 * checked before the first step, so that one message names all that is missing.
 */
export function targetTools(name: TargetName, debian?: PackageSource['kind']): readonly Tool[] {
  return [...programTools(name, debian), ...PACKAGE_TOOLS[name]];
}
