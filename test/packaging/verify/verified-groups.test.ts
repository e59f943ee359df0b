import assert from 'node:assert/strict';
import { appendFileSync, cpSync, globSync, readFileSync, truncateSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it, type TestContext } from 'node:test';
import { ROOT } from '../../../build/runtime/setup.mjs';
import { inputFiles } from '../../../packaging/verify/input-digest.ts';
import {
  digestOfGroup,
  inputsOf,
  isDue,
  isMade,
  testsOf,
  VERIFIED_GROUPS,
  type VerifiedGroup,
} from '../../../packaging/verify/verified-groups.ts';
import { recordVerifiedInputs } from '../../../packaging/verify/verified-inputs.ts';
import { temporaryDirectory } from '../../support/temporary-directory.ts';

/** What the downloads of targets pass through, by the steps of packaging/package-target.ts. */
const EVERY_TARGET = [
  ...[
    'build/program.ts',
    'build/fingerprint.ts',
    'build/binary/build-binary.ts',
    'build/targets.ts',
  ],
  ...['build/binary/make-executable.ts', 'build/binary/prepare-runtime.ts', 'build/runtimes.json'],
  ...['build/runtime/runtime.mjs', 'packaging/package-target.ts', 'packaging/installed-tree.ts'],
  ...['packaging/downloads.ts', 'packaging/archive/archive.ts', 'packaging/third-party.ts'],
  ...['packaging/target-tools.ts', 'src/cli/process/single-executable.ts'],
];
const NEEDED: Readonly<Record<VerifiedGroup, readonly string[]>> = {
  repositories: [
    ...['packaging/repositories/repositories.ts', 'packaging/published/repositories.ts'],
    ...['packaging/deb/scripts/postinst', 'packaging/deb/scripts/preinst'],
    ...['packaging/rpm/scripts/posttrans.sh', 'packaging/rpm/scripts/postun.sh'],
    ...['packaging/deb/deb.ts', 'packaging/rpm/spec.ts', 'packaging/signing/gpg.ts'],
  ],
  image: [
    ...['packaging/image/image.ts', 'packaging/published/image.ts'],
    ...['packaging/archive/archive.ts', 'packaging/archive/tar-file.ts'],
  ],
  static: [
    ...EVERY_TARGET,
    ...['build/own-libraries/build-with-libraries.ts', 'build/own-libraries/shared-libraries.ts'],
    ...['build/own-libraries/native-program/launcher-x64.s', 'build/elf/drop-zeros.ts'],
    ...['build/own-libraries/native-program/launcher-arm64.s', 'build/debian/archive-files.ts'],
    ...['build/binary/shipped-libraries.ts', 'src/cli/process/hidden-variables.ts'],
    ...['packaging/posix/seelog.xml.template', 'packaging/archive/tar-file.ts'],
  ],
  'windows-arm64': [
    ...EVERY_TARGET,
    ...['build/windows/brand-executable.ts', 'build/windows/makensis.ts', 'build/windows/icon.ico'],
    ...['packaging/windows/setup.ts', 'packaging/windows/setup.nsi', 'packaging/windows/zip.ts'],
    ...['packaging/archive/zip-file.ts', 'build/debian/private-root.ts'],
  ],
};

/** How the packages of other systems are made. */
const OTHERS: Readonly<Record<VerifiedGroup, readonly string[]>> = {
  repositories: ['build/windows/brand-executable.ts', 'packaging/macos/flat-package.ts'],
  image: ['build/program.ts', 'packaging/deb/deb.ts', 'packaging/windows/setup.ts'],
  static: ['build/windows/wine.ts', 'packaging/macos/bundle.ts', 'packaging/rpm/spec.ts'],
  'windows-arm64': ['build/mach-o/sign.ts', 'packaging/deb/deb.ts', 'packaging/macos/bundle.ts'],
};

/** A copy of everything that can be an input. */
function copyOfProject(t: TestContext): string {
  const root = temporaryDirectory(t);
  for (const directory of ['build', 'packaging', 'src', 'test']) {
    cpSync(join(ROOT, directory), join(root, directory), { recursive: true });
  }
  return root;
}

for (const group of VERIFIED_GROUPS) {
  describe(`the group ${group}`, () => {
    it('has files for each of its patterns, and tests that can be left out', () => {
      for (const pattern of inputsOf(group).patterns) {
        assert.notDeepEqual(globSync(pattern, { cwd: ROOT }), [], pattern);
      }
      assert.notDeepEqual(testsOf(group), []);
      for (const path of testsOf(group)) {
        const text = readFileSync(join(ROOT, path), 'utf8');
        assert.match(text, /InputsChanged\(|requireTargets\(|requirePackages\(/, path);
      }
    });

    it('has as inputs what it is made by, and nothing of other systems', () => {
      const inputs = inputFiles(ROOT, inputsOf(group));
      assert.deepEqual(
        NEEDED[group].filter((path) => !inputs.includes(path)),
        [],
      );
      assert.deepEqual(
        OTHERS[group].filter((path) => inputs.includes(path)),
        [],
      );
    });

    it('is due after one byte of any of its inputs has changed', (t) => {
      const root = copyOfProject(t);
      const env = {};
      recordVerifiedInputs(root, { [group]: digestOfGroup(group, root) ?? '' });
      assert.equal(isDue(group, root, env), false);
      for (const path of inputFiles(root, inputsOf(group))) {
        const file = join(root, path);
        const size = readFileSync(file).length;
        appendFileSync(file, '\n');
        assert.equal(isDue(group, root, env), true, path);
        truncateSync(file, size);
      }
      assert.equal(isDue(group, root, env), false);
    });
  });
}

describe('the groups whose targets are made as all are', () => {
  /** By what no target of the group is made. */
  const others = [
    [
      'static',
      [
        ...['build/icu/', 'build/mach-o/', 'build/own-libraries/debian-node/', 'build/windows/'],
        ...['packaging/deb/', 'packaging/macos/', 'packaging/rpm/', 'packaging/windows/'],
      ],
    ],
    [
      'windows-arm64',
      [
        ...['build/icu/', 'build/mach-o/', 'build/own-libraries/'],
        ...['packaging/deb/', 'packaging/macos/', 'packaging/rpm/'],
      ],
    ],
  ] as const;

  for (const [group, leftOut] of others) {
    it(`contain everything else that makes targets: ${group}`, () => {
      const made = inputFiles(ROOT, { patterns: ['packaging/package-target.ts'], leftOut });
      const inputs = inputFiles(ROOT, inputsOf(group));
      assert.deepEqual(
        made.filter((path) => !inputs.includes(path)),
        [],
      );
    });
  }
});

describe('a group', () => {
  const group = 'repositories';

  it('is always due with SSM_TEST_ALL_PACKAGES=1', () => {
    assert.equal(isDue(group, ROOT, { SSM_TEST_ALL_PACKAGES: '1' }), true);
  });

  it('is made for each release; quick builds make what is no part of a group', () => {
    assert.equal(isMade(group, 'small'), true);
    assert.equal(isMade(undefined, 'fast'), true);
  });
});
