import { BuildError } from './runtime/build-error.mjs';

/** A system and architecture for which a native binary is made of a runtime of its own. */
export interface BinaryTarget {
  readonly name: BinaryTargetName;
  /** Its name in build/runtimes.json: what Node.js calls platform and architecture. */
  readonly runtime: string;
  /** What `pkg` calls the platform. */
  readonly platform: 'linux' | 'macos' | 'win';
  readonly arch: 'x64' | 'arm64';
  readonly executable: string;
}

export type BinaryTargetName =
  'linux-x64' | 'linux-arm64' | 'macos-x64' | 'macos-arm64' | 'windows-x64' | 'windows-arm64';

/** The targets with a setup. */
export type WindowsTargetName = Extract<BinaryTargetName, `windows-${string}`>;

/** For 32 bits there is no runtime to make a binary of: Debian's Node.js runs the bundle. */
export const LINUX_X86 = 'linux-x86';

/** A native binary that brings its own loader and libraries, for any Linux. */
export type StaticTargetName = 'linux-x64-static' | 'linux-arm64-static';

/** Programs that bring Debian's loader and libraries (`build/own-libraries/`). */
export type LibraryTargetName = typeof LINUX_X86 | StaticTargetName;

/** Everything the product is built for. */
export type TargetName = BinaryTargetName | LibraryTargetName;

const PROGRAM = 'session-manager-plugin';

export const BINARY_TARGETS: readonly BinaryTarget[] = [
  {
    name: 'linux-x64',
    runtime: 'linux-x64',
    platform: 'linux',
    arch: 'x64',
    executable: PROGRAM,
  },
  {
    name: 'linux-arm64',
    runtime: 'linux-arm64',
    platform: 'linux',
    arch: 'arm64',
    executable: PROGRAM,
  },
  {
    name: 'macos-x64',
    runtime: 'darwin-x64',
    platform: 'macos',
    arch: 'x64',
    executable: PROGRAM,
  },
  {
    name: 'macos-arm64',
    runtime: 'darwin-arm64',
    platform: 'macos',
    arch: 'arm64',
    executable: PROGRAM,
  },
  {
    name: 'windows-x64',
    runtime: 'win32-x64',
    platform: 'win',
    arch: 'x64',
    executable: `${PROGRAM}.exe`,
  },
  {
    name: 'windows-arm64',
    runtime: 'win32-arm64',
    platform: 'win',
    arch: 'arm64',
    executable: `${PROGRAM}.exe`,
  },
];

/** The native binaries that static programs contain. */
const STATIC_BINARIES: Readonly<Record<StaticTargetName, BinaryTargetName>> = {
  'linux-x64-static': 'linux-x64',
  'linux-arm64-static': 'linux-arm64',
};

const LIBRARY_TARGET_NAMES: readonly LibraryTargetName[] = [
  LINUX_X86,
  'linux-x64-static',
  'linux-arm64-static',
];

export const TARGET_NAMES: readonly TargetName[] = [
  ...BINARY_TARGETS.map(({ name }) => name),
  ...LIBRARY_TARGET_NAMES,
];

/** The binary target with this name; undefined for one with its own libraries. */
export function binaryTarget(name: TargetName): BinaryTarget | undefined {
  return BINARY_TARGETS.find((target) => target.name === name);
}

/** Whether a program brings Debian's loader and libraries. */
export function hasOwnLibraries(name: TargetName): name is LibraryTargetName {
  return LIBRARY_TARGET_NAMES.some((known) => known === name);
}

/** Whether a target is one for Windows. */
export function isWindows(name: TargetName): name is WindowsTargetName {
  return binaryTarget(name)?.platform === 'win';
}

/** Whether packages of Debian are a part of what a target ships: of its program, or NSIS of its setup. */
export function hasDebianPackages(name: TargetName): name is LibraryTargetName | WindowsTargetName {
  return hasOwnLibraries(name) || isWindows(name);
}

/** Whether a program is a native binary with its own libraries. */
export function isStatic(name: TargetName): name is StaticTargetName {
  return hasOwnLibraries(name) && name !== LINUX_X86;
}

/** The target whose native binary a program is or contains; undefined for Linux x86, which has none. */
export function nativeTarget(name: TargetName): BinaryTarget | undefined {
  return binaryTarget(isStatic(name) ? STATIC_BINARIES[name] : name);
}

/**
 * Reads names of targets from the command line.
 *
 * @returns all targets when none is named
 * @throws BuildError naming the unknown target and all known ones
 */
export function chooseTargets(names: readonly string[]): readonly TargetName[] {
  if (names.length === 0) return TARGET_NAMES;
  const chosen = new Set(names);
  for (const name of names) {
    if (TARGET_NAMES.some((known) => known === name)) continue;
    throw new BuildError(`no target ${name}: there are ${TARGET_NAMES.join(', ')}`);
  }
  return TARGET_NAMES.filter((name) => chosen.has(name));
}
