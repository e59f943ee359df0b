import assert from 'node:assert/strict';
import { chmodSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it, type TestContext } from 'node:test';
import { runTool } from '../../../build/tool.ts';
import type { Release } from '../../../packaging/release.ts';
import { buildRpm } from '../../../packaging/rpm/rpm.ts';
import type { RpmArchitecture } from '../../../packaging/rpm/spec.ts';
import { temporaryDirectory } from '../../support/temporary-directory.ts';
import { packagePath } from '../support/made-targets.ts';
import { requirePackages } from '../support/packages.ts';
import { smallTree } from '../support/small-tree.ts';
import { requireTools } from '../../support/require-tools.ts';
import { RPM, RPMBUILD, RPMLINT } from '../../support/tools.ts';
import { NO_PUBLISHER } from '../../../packaging/publisher.ts';
import { smallRelease } from '../support/small-release.ts';

const VERSION = '1.3.0.0';
const RELEASE = smallRelease(VERSION);

/** Faults of a package of a distribution's own that this one has for a reason. */
const LINT_FILTERS = [
  // The documented directory of installation.
  'dir-or-file-in-usr-local',
  // The documented name of the file. There is a key only at a release.
  'non-coherent-filename',
  'no-signature',
  // What it knows about licences depends on the distribution.
  'invalid-license',
  // The link and the log, which are no packaged files.
  'dangerous-command-in-%post',
  // It expects what the distribution of the linter uses; man reads both.
  'manpage-not-compressed',
  // The library is only for the program beside it, which finds it by its RUNPATH, and is as Debian built it.
  'binary-or-shlib-defines-rpath',
  'library-without-ldconfig-postin',
  'missing-hash-section',
  'shared-library-not-executable',
  'postun-without-ldconfig',
  'non-versioned-file-in-library-package',
  // As the runtime's vendor built it.
  'position-independent-executable-suggested',
  'binary-or-shlib-calls-gethostbyname',
];

/** What rpm itself has to know; all of it is known since rpm 4.6, xz since 4.8. */
const RPM_FEATURES = [
  'rpmlib(CompressedFileNames) <= 3.0.4-1',
  'rpmlib(FileDigests) <= 4.6.0-1',
  'rpmlib(PayloadFilesHavePrefix) <= 4.0-1',
];

function build(
  t: TestContext,
  architecture: RpmArchitecture = 'x86_64',
  release: Release = RELEASE,
): string {
  const output = join(temporaryDirectory(t), 'package.rpm');
  buildRpm(release, { tree: smallTree(t, VERSION), output, architecture });
  return output;
}

/** What rpm prints about a package file. */
function query(file: string, ...args: readonly string[]): string {
  return runTool(RPM, ['--query', '--package', file, ...args]).toString();
}

function requires(file: string): string[] {
  return query(file, '--requires').trim().split('\n').sort();
}

describe('an rpm package', () => {
  it("has the name and the numbering of AWS's package, and no trace of where it was built", (t) => {
    if (!requireTools(t, RPM, RPMBUILD)) return;
    for (const architecture of ['x86_64', 'i386', 'aarch64'] as const) {
      const tags = query(
        build(t, architecture),
        ...[
          '--queryformat',
          '%{NAME} %{VERSION}-%{RELEASE} %{ARCH} %{OS} %{BUILDHOST} %{BUILDTIME}',
        ],
      );
      assert.equal(
        tags,
        `session-manager-plugin ${VERSION}-1 ${architecture} linux localhost 1700000000`,
      );
    }
  });

  it('needs a shell and the libraries of a minimal system', (t) => {
    if (!requireTools(t, RPM, RPMBUILD)) return;
    for (const architecture of ['x86_64', 'aarch64'] as const) {
      assert.deepEqual(requires(build(t, architecture)), [
        '/bin/sh',
        '/bin/sh',
        'libc.so.6(GLIBC_2.28)(64bit)',
        'libgcc_s.so.1(GCC_4.2.0)(64bit)',
        'libstdc++.so.6(CXXABI_1.3.11)(64bit)',
        'libstdc++.so.6(GLIBCXX_3.4.21)(64bit)',
        ...RPM_FEATURES,
      ]);
    }
  });

  it('needs a shell alone where it brings its libraries', (t) => {
    if (!requireTools(t, RPM, RPMBUILD)) return;
    assert.deepEqual(requires(build(t, 'i386')), ['/bin/sh', '/bin/sh', ...RPM_FEATURES]);
  });

  it('belongs to root, whatever the modes of the tree are', (t) => {
    if (!requireTools(t, RPM, RPMBUILD)) return;
    const tree = smallTree(t, VERSION);
    chmodSync(join(tree, 'VERSION'), 0o600);
    chmodSync(join(tree, 'bin/session-manager-plugin'), 0o700);
    const output = join(temporaryDirectory(t), 'package.rpm');
    buildRpm(RELEASE, { tree, output, architecture: 'x86_64' });
    const files = query(
      output,
      ...['--queryformat', '[%{FILEMODES:perms} %{FILEUSERNAME}:%{FILEGROUPNAME} %{FILENAMES}\n]'],
    );
    assert.deepEqual(files.trim().split('\n'), [
      'drwxr-xr-x root:root /usr/local/sessionmanagerplugin',
      '-rw-r--r-- root:root /usr/local/sessionmanagerplugin/LICENSE',
      '-rw-r--r-- root:root /usr/local/sessionmanagerplugin/NOTICE',
      '-rw-r--r-- root:root /usr/local/sessionmanagerplugin/README.md',
      '-rw-r--r-- root:root /usr/local/sessionmanagerplugin/RELEASENOTES.md',
      '-rw-r--r-- root:root /usr/local/sessionmanagerplugin/THIRD-PARTY',
      '-rw-r--r-- root:root /usr/local/sessionmanagerplugin/VERSION',
      'drwxr-xr-x root:root /usr/local/sessionmanagerplugin/bin',
      '-rwxr-xr-x root:root /usr/local/sessionmanagerplugin/bin/session-manager-plugin',
      '-rw-r--r-- root:root /usr/local/sessionmanagerplugin/seelog.xml.template',
    ]);
  });

  it('names its publisher, its licenses, its documentation and what has changed', (t) => {
    if (!requireTools(t, RPM, RPMBUILD)) return;
    const publisher = {
      ...NO_PUBLISHER,
      maintainer: 'Ada Doe <ada@example.com>',
      homepage: 'https://example.com/100%25/plugin',
    };
    const file = build(t, 'x86_64', { ...RELEASE, publisher });
    assert.equal(
      query(file, '--queryformat', '%{VENDOR}, %{PACKAGER}, %{URL}'),
      'Ada Doe, Ada Doe <ada@example.com>, https://example.com/100%25/plugin',
    );
    const inTree = (name: string): string => `/usr/local/sessionmanagerplugin/${name}\n`;
    assert.equal(
      query(file, '--licensefiles'),
      ['LICENSE', 'NOTICE', 'THIRD-PARTY'].map(inTree).join(''),
    );
    assert.equal(query(file, '--docfiles'), ['README.md', 'RELEASENOTES.md'].map(inTree).join(''));
    assert.equal(
      query(file, '--changelog').trim(),
      '* Wed Jan 31 2024 Ada Doe <ada@example.com> - 1.3.0.0-1\n- Something changed.',
    );
  });

  it('runs nothing but what makes the link and takes it away', (t) => {
    if (!requireTools(t, RPM, RPMBUILD)) return;
    const scripts = query(build(t), '--scripts');
    assert.deepEqual(scripts.match(/^\w+ scriptlet.*$/gm)?.sort(), [
      'posttrans scriptlet (using /bin/sh):',
      'postuninstall scriptlet (using /bin/sh):',
    ]);
    for (const name of ['posttrans.sh', 'postun.sh']) {
      const path = join(import.meta.dirname, '../../../packaging/rpm/scripts', name);
      assert.ok(scripts.includes(readFileSync(path, 'utf8').trim()), name);
    }
  });

  it('is compressed so that old systems can read it', (t) => {
    if (!requireTools(t, RPM, RPMBUILD)) return;
    const compressor = ['--queryformat', '%{PAYLOADFORMAT} %{PAYLOADCOMPRESSOR}'];
    assert.equal(query(build(t), ...compressor), 'cpio gzip');
    const small = build(t, 'x86_64', { ...RELEASE, compression: 'small' });
    assert.equal(query(small, ...compressor), 'cpio xz');
  });
});

describe('the package that is published', () => {
  it('has no fault that rpmlint knows, but those with a reason', (t) => {
    const name = 'linux_64bit/session-manager-plugin.rpm';
    if (!requireTools(t, RPMLINT) || !requirePackages(t, name)) return;
    const configuration = join(temporaryDirectory(t), 'rpmlint.toml');
    writeFileSync(configuration, `Filters = ${JSON.stringify(LINT_FILTERS)}\n`);
    const file = packagePath(name);
    const printed = runTool(RPMLINT, ['--config', configuration, file]).toString();
    assert.match(printed, /; 0 errors, 0 warnings,/);
  });
});
