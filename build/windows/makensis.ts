import { join } from 'node:path';
import { BUILD_OUTPUTS } from '../build-settings.ts';
import { keptFor, type PackageSource } from '../debian/package-source.ts';
import { ARCHIVE_TOOLS } from '../debian/private-apt.ts';
import {
  commandOf,
  makeShippingRoot,
  runByLoader,
  shippingRoot,
  type RootContent,
} from '../debian/private-root.ts';
import { DPKG_DEB } from '../debian/unpack-packages.ts';
import { HERE } from '../runtime/runtime.mjs';
import type { WindowsTargetName } from '../targets.ts';
import { runTool, ToolError, type Tool } from '../tool.ts';

/**
 * The oldest makensis whose setups are safe. Those of earlier ones, when they run as SYSTEM, use a directory
 * for temporary files that every user can write to: before 3.11, a user could fill it first (CVE-2025-43715);
 * before 3.12, when no name for a temporary file was found (CVE-2026-42171).
 */
const OLDEST = { major: 3, minor: 12 } as const;

/** Where its root is described. */
export const MAKENSIS_FILE = 'build/windows/makensis.ts';

/** The one of Debian 14: those of Debian 12 and 13 are 3.08 and 3.11. Setups contain code of these packages. */
export const MAKENSIS_CONTENT: RootContent = {
  packages: {
    name: 'makensis',
    suite: 'forky',
    architecture: 'amd64',
    withDependencies: [],
    alone: ['nsis', 'nsis-common', 'libc6', 'libgcc-s1', 'libstdc++6', 'zlib1g'],
  },
  complete: () => undefined,
  commands: {
    makensis: `export NSISDIR="$home/root/usr/share/nsis"\n${runByLoader('usr/bin/makensis')}`,
  },
};

/** On other systems, the user installs it. */
const IS_MADE = HERE === 'linux-x64';

/** What {@link makeMakensis} needs to find on this system. */
export const NEEDED_BY_MAKENSIS: readonly Tool[] = IS_MADE
  ? [...ARCHIVE_TOOLS, DPKG_DEB]
  : [{ program: 'makensis', debianPackage: 'nsis' }];

/** Makes the setup of a target for Windows. {@link makeMakensis} makes it. */
export function makensisOf(name: WindowsTargetName): Tool {
  const debianPackage = 'nsis';
  if (!IS_MADE) return { program: 'makensis', debianPackage };
  return commandOf({ home: homeOf(name) }, 'makensis', debianPackage);
}

/** A build of two targets makes one for each: it must not change while a setup is made. */
function homeOf(name: WindowsTargetName): string {
  return join(BUILD_OUTPUTS.binaries, `${name}.nsis`);
}

/**
 * Makes the makensis of a target, and keeps the packages that it is made of, in `dist/binaries/<target>.debs`.
 *
 * @param source - where the packages come from
 * @returns what identifies its code
 * @throws UnavailableError when it cannot be made; ToolError when it is too old, or a release would be made of an index
 *   that is out of date; BuildError when the kept packages are not those of their record
 */
export async function makeMakensis(
  name: WindowsTargetName,
  source: PackageSource,
): Promise<readonly string[]> {
  const makensis = makensisOf(name);
  if (!IS_MADE) {
    requireSafeMakensis(makensis);
    return [nsisVersion(name)];
  }
  const root = shippingRoot(MAKENSIS_FILE, MAKENSIS_CONTENT, homeOf(name));
  const debs = join(BUILD_OUTPUTS.binaries, `${name}.debs`);
  const { packages } = await makeShippingRoot(root, keptFor(name, source), debs);
  requireSafeMakensis(makensis);
  return packages.map(({ sha256 }) => sha256);
}

/**
 * Checks that a makensis is new enough.
 *
 * @throws ToolError that names its version when it is too old
 */
export function requireSafeMakensis(makensis: Tool): void {
  const version = versionOf(makensis);
  const [, major = '', minor = ''] = /^v(\d+)\.(\d+)/.exec(version) ?? [];
  const isSafe =
    Number(major) > OLDEST.major ||
    (Number(major) === OLDEST.major && Number(minor) >= OLDEST.minor);
  if (isSafe) return;
  const found = version === '' ? 'of an unknown version' : version;
  throw new ToolError(
    `${makensis.program} is ${found}, whose setups are not safe: NSIS ${OLDEST.major}.${OLDEST.minor} or later is needed`,
  );
}

/** The version of NSIS whose code is in the setup of a target, such as `3.12-1`. */
export function nsisVersion(name: WindowsTargetName): string {
  return versionOf(makensisOf(name)).replace(/^v/, '');
}

function versionOf(makensis: Tool): string {
  return runTool(makensis, ['-VERSION']).toString('utf8').trim();
}
