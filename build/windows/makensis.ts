import { APT_GET, KEYRING_FILE } from '../debian/private-apt.ts';
import {
  commandOf,
  fileIn,
  makePrivateRoot,
  privateRoot,
  runByLoader,
} from '../debian/private-root.ts';
import { DPKG_DEB } from '../debian/unpack-packages.ts';
import { HERE } from '../runtime/runtime.mjs';
import { requireTools, runTool, ToolError, type Tool } from '../tool.ts';

/**
 * The oldest makensis whose setups are safe. Those of earlier ones, when they run as SYSTEM, use a directory
 * for temporary files that every user can write to: before 3.11, a user could fill it first (CVE-2025-43715);
 * before 3.12, when no name for a temporary file was found (CVE-2026-42171).
 */
const OLDEST = { major: 3, minor: 12 } as const;

/** The one of Debian 14: those of Debian 12 and 13 are 3.08 and 3.11. */
const ROOT_OF_MAKENSIS = privateRoot('build/windows/makensis.ts', {
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
});

const IS_MADE = HERE === 'linux-x64';

/** Makes setups for Windows. {@link makeMakensis} makes it; on other systems, its user installs it. */
export const MAKENSIS: Tool = IS_MADE
  ? commandOf(ROOT_OF_MAKENSIS, 'makensis', 'nsis')
  : { program: 'makensis', debianPackage: 'nsis' };

/** What {@link makeMakensis} needs to find on this system. */
export const NEEDED_BY_MAKENSIS: readonly Tool[] = IS_MADE
  ? [APT_GET, KEYRING_FILE, DPKG_DEB]
  : [MAKENSIS];

/** A small executable for Windows, which setups begin with. */
export const SETUP_STUB = fileIn(ROOT_OF_MAKENSIS, 'usr/share/nsis/Stubs/zlib-amd64-unicode');

/**
 * Makes makensis where it is missing.
 *
 * @throws UnavailableError when it cannot be made; ToolError when it is too old
 */
export async function makeMakensis(): Promise<void> {
  requireTools(NEEDED_BY_MAKENSIS);
  if (IS_MADE) await makePrivateRoot(ROOT_OF_MAKENSIS);
  requireSafeMakensis(MAKENSIS);
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

/** The version of NSIS whose code is in the setups that {@link MAKENSIS} makes, such as `3.12-1`. */
export function nsisVersion(): string {
  return versionOf(MAKENSIS).replace(/^v/, '');
}

function versionOf(makensis: Tool): string {
  return runTool(makensis, ['-VERSION']).toString('utf8').trim();
}
