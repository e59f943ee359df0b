import assert from 'node:assert/strict';
import { chmodSync, readFileSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it, type TestContext } from 'node:test';
import { gunzipSync } from 'node:zlib';
import { runTool, type Tool } from '../../../build/tool.ts';
import { buildDeb } from '../../../packaging/deb/deb.ts';
import type { Release } from '../../../packaging/release.ts';
import { temporaryDirectory } from '../../support/temporary-directory.ts';
import { packagePath } from '../support/made-targets.ts';
import { requirePackages } from '../support/packages.ts';
import { smallTree } from '../support/small-tree.ts';
import { DPKG_DEB } from './dpkg.ts';
import { requireTools } from '../../support/require-tools.ts';
import { LINTIAN } from '../../support/tools.ts';
import { NO_PUBLISHER } from '../../../packaging/publisher.ts';
import { smallRelease } from '../support/small-release.ts';

const TAR: Tool = { program: 'tar', debianPackage: 'tar' };

const VERSION = '1.3.0.0';
const RELEASE = smallRelease(VERSION);

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
        'Depends: libc6 (>= 2.28), libgcc-s1 | libgcc1, libstdc++6 (>= 7)\n',
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
      'drwxr-xr-x root/root /usr/share/',
      'drwxr-xr-x root/root /usr/share/doc/',
      'drwxr-xr-x root/root /usr/share/doc/session-manager-plugin/',
      '-rw-r--r-- root/root /usr/share/doc/session-manager-plugin/changelog.Debian.gz',
      '-rw-r--r-- root/root /usr/share/doc/session-manager-plugin/copyright',
      'drwxr-xr-x root/root /usr/share/lintian/',
      'drwxr-xr-x root/root /usr/share/lintian/overrides/',
      '-rw-r--r-- root/root /usr/share/lintian/overrides/session-manager-plugin',
      // dpkg unpacks links last.
      'lrwxrwxrwx root/root /usr/local/sessionmanagerplugin/CURRENT -> VERSION',
    ]);
  });

  it('names its publisher, its license and what has changed', (t) => {
    if (!requireTools(t, DPKG_DEB)) return;
    const publisher = {
      ...NO_PUBLISHER,
      maintainer: 'Ada Doe <ada@example.com>',
      homepage: 'https://example.com/plugin',
    };
    const file = builtIn(t, { ...RELEASE, publisher });
    const fields = runTool(DPKG_DEB, ['--field', file, 'Maintainer', 'Homepage']).toString();
    assert.equal(
      fields,
      'Maintainer: Ada Doe <ada@example.com>\nHomepage: https://example.com/plugin\n',
    );
    const directory = temporaryDirectory(t);
    runTool(DPKG_DEB, ['--extract', file, directory]);
    const documents = join(directory, 'usr/share/doc/session-manager-plugin');
    const copyright = readFileSync(join(documents, 'copyright'), 'utf8');
    assert.match(copyright, /^Source: https:\/\/example.com\/plugin$/m);
    assert.match(copyright, /^Copyright: 2024 the authors of 1\.3\.0\.0\nLicense: Apache-2\.0$/m);
    const changelog = readFileSync(join(documents, 'changelog.Debian.gz'));
    assert.deepEqual([...changelog.subarray(4, 8)], [0, 0, 0, 0], 'gzip has no time');
    assert.equal(
      gunzipSync(changelog).toString(),
      [
        'session-manager-plugin (1.3.0.0-1) unstable; urgency=medium\n',
        '  * Something changed.\n',
        ' -- Ada Doe <ada@example.com>  Wed, 31 Jan 2024 00:00:00 +0000\n',
      ].join('\n'),
    );
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
    assert.equal(verified.match(/: OK$/gm)?.length, 11);
  });
});

describe('the package that is published', () => {
  it('has no fault that lintian knows, but those that its overrides explain', (t) => {
    const name = 'ubuntu_64bit/session-manager-plugin.deb';
    if (!requireTools(t, LINTIAN) || !requirePackages(t, name)) return;
    runTool(LINTIAN, [
      ...['--no-cfg', '--allow-root', '--fail-on', 'error,warning'],
      packagePath(name),
    ]);
  });
});
