import assert from 'node:assert/strict';
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { it, type TestContext } from 'node:test';
import type { Architecture } from '../../../build/mach-o/load-commands.ts';
import { MachOError } from '../../../build/mach-o/mach-o-error.ts';
import { signMachO } from '../../../build/mach-o/sign.ts';
import { verifyMachO } from '../../../build/mach-o/verify.ts';
import { runTool } from '../../../build/tool.ts';
import { buildFlatPackage } from '../../../packaging/macos/flat-package.ts';
import { smallMachO } from '../../build/mach-o/support/small-mach-o.ts';
import { temporaryDirectory } from '../../support/temporary-directory.ts';
import { RELEASE } from './support/bundle-install.ts';
import { makeInstalledTree } from './support/installed-tree.ts';
import { readBom } from './support/read-bom.ts';
import { readXar } from './support/read-xar.ts';
import { requireTools } from '../../support/require-tools.ts';
import { BSDTAR, SEVEN_ZIP } from '../../support/tools.ts';

const PACKAGE_FILES = [
  'Distribution',
  'base.pkg/Bom',
  'base.pkg/PackageInfo',
  'base.pkg/Payload',
  'base.pkg/Scripts',
];
const NONE = { kind: 'none' } as const;
const INSTALLED_FILES = [
  ...['LICENSE', 'NOTICE', 'README.md', 'RELEASENOTES.md', 'THIRD-PARTY', 'VERSION'],
  ...['bin/session-manager-plugin', 'seelog.xml.template'],
  'share/completions/_session-manager-plugin',
  ...['bash', 'fish'].map((shell) => `share/completions/session-manager-plugin.${shell}`),
  'share/man/man1/session-manager-plugin.1',
];
const SHARED_DIRECTORIES = ['share', 'share/completions', 'share/man', 'share/man/man1'];

function programFor(architecture: Architecture): Buffer {
  return signMachO(smallMachO({ architecture }), 'session-manager-plugin');
}

interface BuiltPackage {
  readonly file: string;
  readonly tree: string;
  readonly program: Buffer;
}

function build(t: TestContext, architecture: Architecture = 'arm64'): BuiltPackage {
  const directory = temporaryDirectory(t);
  const program = programFor(architecture);
  const tree = makeInstalledTree(join(directory, 'tree'), { program });
  const file = join(directory, 'session-manager-plugin.pkg');
  buildFlatPackage(RELEASE, { tree, output: file }, { architecture, signing: NONE });
  return { file, tree, program };
}

/** Unpacks with bsdtar, which knows both xar and cpio. */
function unpack(t: TestContext, archive: string): string {
  const directory = temporaryDirectory(t);
  runTool(BSDTAR, ['-xf', archive, '-C', directory]);
  return directory;
}

function listFiles(directory: string): string[] {
  return readdirSync(directory, { recursive: true, encoding: 'utf8' })
    .filter((name) => statSync(join(directory, name)).isFile())
    .sort();
}

it('flat package: bsdtar and 7-Zip unpack the same files from it', (t) => {
  if (!requireTools(t, BSDTAR, SEVEN_ZIP)) return;
  const { file } = build(t);
  const byBsdtar = unpack(t, file);
  assert.deepEqual(listFiles(byBsdtar), PACKAGE_FILES);
  const bySevenZip = temporaryDirectory(t);
  runTool(SEVEN_ZIP, ['x', '-y', `-o${bySevenZip}`, file]);
  for (const name of PACKAGE_FILES) {
    assert.deepEqual(
      readFileSync(join(bySevenZip, name)),
      readFileSync(join(byBsdtar, name)),
      name,
    );
  }
});

it('flat package: every checksum of the archive is right, and the heap has no gap', (t) => {
  const { files } = readXar(readFileSync(build(t).file));
  assert.deepEqual([...files.keys()].sort(), PACKAGE_FILES);
});

it('flat package: the payload is the tree, owned by root, with the modes of a program', (t) => {
  if (!requireTools(t, BSDTAR)) return;
  const { file, tree, program } = build(t);
  const payload = join(unpack(t, file), 'base.pkg', 'Payload');
  const listing = runTool(BSDTAR, ['-tvf', payload, '--numeric-owner'], { env: { TZ: 'UTC' } })
    .toString('utf8')
    .trim()
    .split('\n')
    .map((line) => line.split(/\s+/));
  assert.deepEqual(
    listing.map((columns) => [columns[0], columns[2], columns[3], columns.at(-1)].join(' ')),
    [
      'drwxr-xr-x 0 0 .',
      ...INSTALLED_FILES.slice(0, 6).map((name) => `-rw-r--r-- 0 0 ./${name}`),
      'drwxr-xr-x 0 0 ./bin',
      '-rwxr-xr-x 0 0 ./bin/session-manager-plugin',
      '-rw-r--r-- 0 0 ./seelog.xml.template',
      ...SHARED_DIRECTORIES.slice(0, 2).map((name) => `drwxr-xr-x 0 0 ./${name}`),
      ...INSTALLED_FILES.slice(8, 11).map((name) => `-rw-r--r-- 0 0 ./${name}`),
      ...SHARED_DIRECTORIES.slice(2).map((name) => `drwxr-xr-x 0 0 ./${name}`),
      '-rw-r--r-- 0 0 ./share/man/man1/session-manager-plugin.1',
    ],
  );
  const installed = unpack(t, payload);
  assert.deepEqual(listFiles(installed), INSTALLED_FILES);
  for (const name of INSTALLED_FILES) {
    assert.deepEqual(readFileSync(join(installed, name)), readFileSync(join(tree, name)), name);
    assert.equal(statSync(join(installed, name)).mtimeMs, RELEASE.sourceDateEpoch * 1000);
  }
  const installedProgram = readFileSync(join(installed, 'bin/session-manager-plugin'));
  assert.deepEqual(installedProgram, program);
  assert.equal(verifyMachO(installedProgram).identifier, 'session-manager-plugin');
});

it('flat package: the Bom lists the payload, with the checksums that cksum computes', (t) => {
  if (!requireTools(t, BSDTAR)) return;
  const unpacked = unpack(t, build(t).file);
  const { names, pathCount, paths } = readBom(readFileSync(join(unpacked, 'base.pkg', 'Bom')));
  assert.deepEqual(names, ['BomInfo', 'Paths', 'HLIndex', 'VIndex', 'Size64']);
  assert.equal(pathCount, paths.length + 1);
  const installed = unpack(t, join(unpacked, 'base.pkg', 'Payload'));
  const expected = ['', 'bin', ...SHARED_DIRECTORIES, ...INSTALLED_FILES].map((name) => {
    const file = join(installed, name);
    const isFile = statSync(file).isFile();
    const path = name === '' ? '.' : `./${name}`;
    const common = { path, user: 0, group: 0, mtime: RELEASE.sourceDateEpoch };
    if (!isFile) return { ...common, type: 2, mode: 0o40755, size: 0, checksum: 0 };
    const cksum = { program: 'cksum', debianPackage: 'coreutils' };
    const [checksum, size] = runTool(cksum, [file]).toString('utf8').split(' ').map(Number);
    const mode = name.startsWith('bin/') ? 0o100755 : 0o100644;
    return { ...common, type: 1, mode, size, checksum };
  });
  const byPath = (one: { path: string }, other: { path: string }): number =>
    one.path < other.path ? -1 : 1;
  assert.deepEqual(paths.toSorted(byPath), expected.toSorted(byPath));
});

for (const architecture of ['x86_64', 'arm64'] as const) {
  it(`flat package: it names its processor for the installer, ${architecture}`, (t) => {
    const { files } = readXar(readFileSync(build(t, architecture).file));
    const distribution = files.get('Distribution')?.toString('utf8') ?? '';
    assert.ok(distribution.includes(` hostArchitectures="${architecture}"`));
    // As in the program's own LC_BUILD_VERSION.
    assert.match(distribution, /<os-version min="11\.0"\/>/);
    assert.match(distribution, / version="1\.2\.3\.4" [^>]*>#base\.pkg<\/pkg-ref>/);
    const info = files.get('base.pkg/PackageInfo')?.toString('utf8') ?? '';
    assert.match(info, / install-location="\/usr\/local\/sessionmanagerplugin"/);
    assert.match(info, / identifier="session-manager-plugin"/);
    assert.match(info, / version="1\.2\.3\.4"/);
    // The program needs 17 KiB, the eleven other files one each.
    assert.match(info, /<payload numberOfFiles="18" installKBytes="28"\/>/);
  });
}

it('flat package: its script makes the directory of the link, and leaves what is in it', (t) => {
  if (!requireTools(t, BSDTAR)) return;
  const scripts = unpack(t, join(unpack(t, build(t).file), 'base.pkg', 'Scripts'));
  assert.deepEqual(listFiles(scripts), ['copy-shared-files.sh', 'postinstall']);
  const script = join(scripts, 'postinstall');
  assert.equal(statSync(script).mode & 0o777, 0o755);
  const volume = temporaryDirectory(t);
  // What the installer gives: package, place of installation, volume, system's volume.
  const run = (target: string): Buffer =>
    runTool({ program: script, debianPackage: '' }, ['package', 'place', target, '/']);
  run(volume);
  assert.deepEqual(readdirSync(volume, { recursive: true }).sort(), [
    'usr',
    'usr/local',
    'usr/local/bin',
  ]);
  assert.equal(statSync(join(volume, 'usr/local/bin')).mode & 0o777, 0o755);
  writeFileSync(join(volume, 'usr/local/bin/mine'), 'mine');
  run(`${volume}/`);
  assert.equal(existsSync(join(volume, 'usr/local/bin/mine')), true);
});

it('flat package: the same tree gives the same bytes', (t) => {
  assert.deepEqual(readFileSync(build(t).file), readFileSync(build(t).file));
});

it('flat package: a program that macOS would not start is an error with the reason', (t) => {
  const directory = temporaryDirectory(t);
  const output = join(directory, 'session-manager-plugin.pkg');
  const cases: readonly (readonly [Buffer, RegExp])[] = [
    [programFor('x86_64'), /the program is for x86_64, not for arm64/],
    [smallMachO({ architecture: 'arm64' }), /the file is not signed/],
    [Buffer.from('#!/bin/sh\necho no program of its own\n'), /no Mach-O file/],
  ];
  for (const [index, [program, message]] of cases.entries()) {
    const tree = makeInstalledTree(join(directory, String(index)), { program });
    assert.throws(
      () => buildFlatPackage(RELEASE, { tree, output }, { architecture: 'arm64', signing: NONE }),
      (error) =>
        error instanceof MachOError &&
        error.message.startsWith(join(tree, 'bin/session-manager-plugin')) &&
        message.test(error.message),
    );
  }
  mkdirSync(join(directory, 'empty'));
  assert.throws(
    () =>
      buildFlatPackage(
        RELEASE,
        { tree: join(directory, 'empty'), output },
        { architecture: 'arm64', signing: NONE },
      ),
    /bin\/session-manager-plugin is missing/,
  );
  assert.equal(existsSync(output), false);
});
