import assert from 'node:assert/strict';
import { chmodSync, readFileSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it, type TestContext } from 'node:test';
import { runTool, type Tool } from '../../../build/tool.ts';
import { buildDeb } from '../../../packaging/deb/deb.ts';
import type { Release } from '../../../packaging/release.ts';
import { temporaryDirectory } from '../../support/temporary-directory.ts';
import { packagePath, requirePackages } from '../support/packages.ts';
import { smallTree } from '../support/small-tree.ts';
import { DPKG_DEB } from './dpkg.ts';
import { requireTools } from '../../support/require-tools.ts';
import { LINTIAN } from '../../support/tools.ts';

const TAR: Tool = { program: 'tar', debianPackage: 'tar' };

const VERSION = '1.3.0.0';
const RELEASE: Release = { version: VERSION, sourceDateEpoch: 1_700_000_000, compression: 'fast' };

/** Faults of a package of Debian's own that this one has for a reason. */
const SUPPRESSED_TAGS = [
  // The documented directory of installation; it holds the licence and the release notes, too.
  'dir-in-usr-local',
  'file-in-usr-local',
  'file-in-unusual-dir',
  'no-copyright-file',
  'no-changelog',
  // Meant for packages made with debhelper.
  'maintainer-script-should-not-use-dpkg-maintscript-helper',
  // As the runtime's vendor built it.
  'hardening-no-pie',
  'embedded-library',
];

function build(tree: string, output: string, release: Release = RELEASE): string {
  buildDeb(release, { tree, output, architecture: 'amd64' });
  return output;
}

function builtIn(t: TestContext, release: Release = RELEASE): string {
  return build(smallTree(t, VERSION), join(temporaryDirectory(t), 'package.deb'), release);
}

/** The name of the member with the files, by which dpkg knows how it is compressed (deb(5)). */
function dataMember(file: string): string {
  return /data\.tar\.\w+/.exec(readFileSync(file, 'latin1'))?.[0] ?? '';
}

describe('a deb package', () => {
  it("has the name and the numbering of AWS's package", (t) => {
    if (!requireTools(t, DPKG_DEB)) return;
    const fields = runTool(DPKG_DEB, [
      ...['--field', builtIn(t), 'Package', 'Version', 'Architecture', 'Pre-Depends', 'Depends'],
    ]).toString();
    assert.equal(
      fields,
      [
        'Package: session-manager-plugin',
        `Version: ${VERSION}-1`,
        'Architecture: amd64',
        'Depends: libc6 (>= 2.28), libgcc-s1 | libgcc1, libstdc++6 (>= 5.2)\n',
      ].join('\n'),
    );
  });

  it('needs nothing at all where it brings its libraries', (t) => {
    if (!requireTools(t, DPKG_DEB)) return;
    const output = join(temporaryDirectory(t), 'package.deb');
    buildDeb(RELEASE, { tree: smallTree(t, VERSION), output, architecture: 'i386' });
    assert.doesNotMatch(runTool(DPKG_DEB, ['--field', output]).toString(), /Depends/);
  });

  it('belongs to root, whatever the modes of the tree are', (t) => {
    if (!requireTools(t, DPKG_DEB)) return;
    const tree = smallTree(t, VERSION);
    chmodSync(join(tree, 'VERSION'), 0o600);
    chmodSync(join(tree, 'bin/session-manager-plugin'), 0o700);
    symlinkSync('VERSION', join(tree, 'CURRENT'));
    const listed = runTool(DPKG_DEB, [
      '--contents',
      build(tree, join(temporaryDirectory(t), 'package.deb')),
    ])
      .toString()
      .trim()
      .split('\n')
      .map((line) => line.replace(/ +\d+ 2023-11-14 22:13 \./, ' '));
    assert.deepEqual(listed, [
      'drwxr-xr-x root/root /',
      'drwxr-xr-x root/root /usr/',
      'drwxr-xr-x root/root /usr/local/',
      'drwxr-xr-x root/root /usr/local/sessionmanagerplugin/',
      '-rw-r--r-- root/root /usr/local/sessionmanagerplugin/LICENSE',
      '-rw-r--r-- root/root /usr/local/sessionmanagerplugin/NOTICE',
      '-rw-r--r-- root/root /usr/local/sessionmanagerplugin/README.md',
      '-rw-r--r-- root/root /usr/local/sessionmanagerplugin/RELEASENOTES.md',
      '-rw-r--r-- root/root /usr/local/sessionmanagerplugin/THIRD-PARTY',
      '-rw-r--r-- root/root /usr/local/sessionmanagerplugin/VERSION',
      'drwxr-xr-x root/root /usr/local/sessionmanagerplugin/bin/',
      '-rwxr-xr-x root/root /usr/local/sessionmanagerplugin/bin/session-manager-plugin',
      '-rw-r--r-- root/root /usr/local/sessionmanagerplugin/seelog.xml.template',
      // dpkg unpacks links last.
      'lrwxrwxrwx root/root /usr/local/sessionmanagerplugin/CURRENT -> VERSION',
    ]);
  });

  it('is compressed so that old systems can read it', (t) => {
    if (!requireTools(t, DPKG_DEB)) return;
    assert.equal(dataMember(builtIn(t)), 'data.tar.gz');
    assert.equal(dataMember(builtIn(t, { ...RELEASE, compression: 'small' })), 'data.tar.xz');
  });

  it('carries the digests of its files', (t) => {
    if (!requireTools(t, DPKG_DEB, TAR)) return;
    const file = builtIn(t);
    const directory = temporaryDirectory(t);
    runTool(DPKG_DEB, ['--raw-extract', file, directory]);
    const check: Tool = { program: 'md5sum', debianPackage: 'coreutils' };
    const verified = runTool(check, ['--check', 'DEBIAN/md5sums'], { cwd: directory }).toString();
    assert.equal(verified.match(/: OK$/gm)?.length, 8);
  });
});

describe('the package that is published', () => {
  it('has no fault that lintian knows, but those of the documented directory', (t) => {
    const name = 'ubuntu_64bit/session-manager-plugin.deb';
    if (!requireTools(t, LINTIAN) || !requirePackages(t, name)) return;
    runTool(LINTIAN, [
      ...['--no-cfg', '--allow-root', '--fail-on', 'error,warning'],
      ...['--suppress-tags', SUPPRESSED_TAGS.join(',')],
      packagePath(name),
    ]);
  });
});
