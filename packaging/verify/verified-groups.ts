import { globSync } from 'node:fs';
import { ROOT } from '../../build/runtime/setup.mjs';
import { TARGET_NAMES, type TargetName } from '../../build/targets.ts';
import type { Release } from '../release.ts';
import { inputDigest, type Inputs } from './input-digest.ts';
import { readVerifiedInputs } from './verified-inputs.ts';

/** Parts of a release that take long to make and to test. */
export type VerifiedGroup = 'repositories' | 'image' | 'static' | 'windows-arm64';

/** What a group consists of. Patterns are of paths below the directory of the project. */
interface GroupDefinition {
  /** What it is made of, with all that these files import. */
  readonly inputs: readonly string[];
  /** Directories of other systems and formats, which {@link inputs} import to choose among them. */
  readonly leftOut: readonly string[];
  /** Its tests, which are inputs, too. */
  readonly tests: readonly string[];
  /** The targets that it needs, and that no build makes without a group. */
  readonly targets: readonly TargetName[];
}

/** How the program and the archive of each target are made: it imports everything. */
const TARGET = 'packaging/package-target.ts';

const GROUPS: Readonly<Record<VerifiedGroup, GroupDefinition>> = {
  repositories: {
    inputs: [
      ...['packaging/repositories/*', 'packaging/published/repositories.ts'],
      'packaging/{deb,rpm}/**',
    ],
    leftOut: [],
    tests: ['test/packaging/repositories/{apt,dnf}.test.ts'],
    targets: [],
  },
  // What is in the image is tested with the static programs.
  image: {
    inputs: ['packaging/image/*.ts', 'packaging/published/image.ts'],
    leftOut: [],
    tests: ['test/packaging/image/published.test.ts'],
    targets: ['linux-x64-static', 'linux-arm64-static'],
  },
  static: {
    inputs: [
      ...[TARGET, 'packaging/posix/*', 'build/runtimes.json', 'build/{binary,debian,elf}/*'],
      'build/own-libraries/{*,native-program/*}',
      // The other half of the launcher.
      'src/cli/process/{hidden-variables,single-executable}.ts',
    ],
    leftOut: [
      ...['build/icu/', 'build/mach-o/', 'build/own-libraries/debian-node/', 'build/windows/'],
      ...['packaging/deb/', 'packaging/macos/', 'packaging/rpm/', 'packaging/windows/'],
    ],
    tests: ['test/packaging/static/*.test.ts'],
    targets: ['linux-x64-static', 'linux-arm64-static'],
  },
  'windows-arm64': {
    inputs: [
      ...[TARGET, 'build/runtimes.json', 'build/{binary,windows}/*', 'packaging/windows/*'],
      'src/cli/process/single-executable.ts',
    ],
    leftOut: [
      ...['build/icu/', 'build/mach-o/', 'build/own-libraries/'],
      ...['packaging/deb/', 'packaging/macos/', 'packaging/rpm/'],
    ],
    tests: ['test/packaging/windows/arm64.test.ts'],
    targets: ['windows-arm64'],
  },
};

export const VERIFIED_GROUPS: readonly VerifiedGroup[] = [
  'repositories',
  'image',
  'static',
  'windows-arm64',
];

/** With the value 1, everything is made and tested. */
export const TEST_ALL_VARIABLE = 'SSM_TEST_ALL_PACKAGES';

/** What a group is made of, and its tests. */
export function inputsOf(group: VerifiedGroup): Inputs {
  const { inputs, leftOut, tests } = GROUPS[group];
  return { patterns: [...inputs, ...tests], leftOut };
}

/** The test files of a group. @returns paths below the directory of the project */
export function testsOf(group: VerifiedGroup): readonly string[] {
  return globSync([...GROUPS[group].tests], { cwd: ROOT }).sort();
}

/** The groups that need a target; none for targets that every build makes. */
export function groupsOf(target: TargetName): readonly VerifiedGroup[] {
  return VERIFIED_GROUPS.filter((group) => GROUPS[group].targets.includes(target));
}

/**
 * Whether the inputs of a group differ from those with which `npm run verify-release` last tested it, or
 * `SSM_TEST_ALL_PACKAGES` is 1.
 *
 * @param root - the directory of the project
 */
export function isDue(
  group: VerifiedGroup,
  root: string = ROOT,
  env: NodeJS.ProcessEnv = process.env,
): boolean {
  if (env[TEST_ALL_VARIABLE] === '1') return true;
  const digest = digestOfGroup(group, root);
  return digest === undefined || readVerifiedInputs(root)[group] !== digest;
}

/** The digest of a group's inputs as they are now; undefined as long as the group has none. */
export function digestOfGroup(group: VerifiedGroup, root: string = ROOT): string | undefined {
  return inputDigest(root, inputsOf(group));
}

/** The digests of all groups as they are now. */
export function groupDigests(): Readonly<Partial<Record<VerifiedGroup, string>>> {
  return Object.fromEntries(
    VERIFIED_GROUPS.flatMap((group) => {
      const digest = digestOfGroup(group);
      return digest === undefined ? [] : [[group, digest]];
    }),
  );
}

/** Whether a build makes what belongs to a group: one for a release always, a quick one if it is due. */
export function isMade(
  group: VerifiedGroup | undefined,
  compression: Release['compression'],
): boolean {
  return group === undefined || compression === 'small' || isDue(group);
}

/** The targets that a build makes when none is named. */
export function targetsByDefault(compression: Release['compression']): readonly TargetName[] {
  return TARGET_NAMES.filter((name) => {
    const groups = groupsOf(name);
    return groups.length === 0 || groups.some((group) => isMade(group, compression));
  });
}
