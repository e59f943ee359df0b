import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { parse } from 'yaml';
import { ROOT } from '../../../build/runtime/setup.mjs';
import { PUBLISHER as REGISTERED_PUBLISHER } from '../../../build/windows/brand-executable.ts';
import type { ReleaseTable } from '../../../packaging/manifests/release-table.ts';
import { packageIdentifier } from '../../../packaging/manifests/winget/identity.ts';
import { wingetManifests } from '../../../packaging/manifests/winget/winget.ts';
import { NO_PUBLISHER } from '../../../packaging/publisher.ts';
import { exampleTable, expectedSource, PUBLISHER } from './support/release.ts';

/** An entry of `Installers` (schema manifest.installer.1.10.0 of github.com/microsoft/winget-cli). */
interface Installer {
  readonly Architecture: string;
  readonly InstallerUrl: string;
  readonly InstallerSha256: string;
  readonly InstallerType: string;
  readonly Scope: string;
  readonly InstallerSwitches?: { readonly Custom: string };
  readonly ExpectedReturnCodes?: readonly { readonly InstallerReturnCode: number }[];
  readonly ProductCode?: string;
  readonly AppsAndFeaturesEntries?: readonly Readonly<Record<string, string>>[];
  readonly NestedInstallerFiles?: readonly { readonly RelativeFilePath: string }[];
}

interface Contents {
  readonly ManifestType: string;
  readonly ManifestVersion: string;
  readonly PackageIdentifier: string;
  readonly PackageVersion: string;
  readonly Installers?: readonly Installer[];
  readonly ReleaseDate?: string;
  readonly Publisher?: string;
  readonly PackageUrl?: string;
  readonly DefaultLocale?: string;
  readonly PackageLocale?: string;
}

const TABLE = exampleTable();

/** The contents of the manifests, by their paths. */
function read(table: ReleaseTable = TABLE): ReadonlyMap<string, Contents> {
  return new Map(wingetManifests(table).map(({ path, text }) => [path, parse(text) as Contents]));
}

function installers(): readonly Installer[] {
  return read().get('winget/AdaDoe.SessionManagerPlugin.installer.yaml')?.Installers ?? [];
}

/** The source of the setup, in which NSIS finds what it registers and which switches it takes. */
function setupSource(name: string): string {
  return readFileSync(join(ROOT, 'packaging', 'windows', name), 'utf8');
}

describe('the manifests of winget', () => {
  it('are three files with the same package and version, and the names that winget requires', () => {
    const manifests = read();
    const id = 'AdaDoe.SessionManagerPlugin';
    assert.deepEqual(
      [...manifests].map(([path, { ManifestType }]) => [path, ManifestType]),
      [
        [`winget/${id}.yaml`, 'version'],
        [`winget/${id}.installer.yaml`, 'installer'],
        [`winget/${id}.locale.en-US.yaml`, 'defaultLocale'],
      ],
    );
    for (const { PackageIdentifier, PackageVersion, ManifestVersion } of manifests.values()) {
      assert.deepEqual([PackageIdentifier, PackageVersion], [id, '1.3.0.0']);
      assert.equal(ManifestVersion, '1.10.0');
    }
    const [version, installer, locale] = [...manifests.values()];
    assert.equal(version?.DefaultLocale, locale?.PackageLocale);
    assert.equal(installer?.ReleaseDate, '2026-11-29');
    assert.equal(locale?.Publisher, 'Ada Doe');
    assert.equal(locale.PackageUrl, PUBLISHER.homepage);
  });

  it('name the publisher in the identifier, as its schema allows', () => {
    for (const [maintainer, expected] of [
      ['Ada Doe <a@example.com>', 'AdaDoe.SessionManagerPlugin'],
      [NO_PUBLISHER.maintainer, 'TheSessionManagerPluginAuthors.SessionManagerPlugin'],
      [`${'Very '.repeat(9)}long name <a@example.com>`, `${'Very'.repeat(8)}.SessionManagerPlugin`],
    ] as const) {
      const identifier = packageIdentifier({ ...PUBLISHER, maintainer });
      assert.equal(identifier, expected);
      assert.match(identifier, /^[^.\s\\/:*?"<>|]{1,32}(?:\.[^.\s\\/:*?"<>|]{1,32}){1,7}$/);
    }
  });

  it('install the setup for the user or for all, and the archive for the user', () => {
    const found = installers().map((installer) => ({
      kind: [
        ...[installer.Architecture, installer.InstallerType, installer.Scope],
        installer.InstallerSwitches?.Custom,
      ].join(' '),
      url: installer.InstallerUrl,
      sha256: installer.InstallerSha256.toLowerCase(),
    }));
    const expected = ['x64', 'arm64'].flatMap((architecture) => {
      const target = architecture === 'x64' ? 'windows-x64' : 'windows-arm64';
      const setup = expectedSource(TABLE, target, 'windows-setup');
      return [
        { kind: `${architecture} nullsoft user /CURRENTUSER`, ...setup },
        { kind: `${architecture} nullsoft machine /ALLUSERS`, ...setup },
        { kind: `${architecture} zip user `, ...expectedSource(TABLE, target, 'archive') },
      ];
    });
    assert.deepEqual(found, expected);
  });

  it('find the program in the archive', () => {
    const files = installers().flatMap(({ NestedInstallerFiles = [] }) => NestedInstallerFiles);
    assert.deepEqual(
      files.map(({ RelativeFilePath }) => RelativeFilePath),
      ['x64', 'arm64'].map(
        (architecture) =>
          `session-manager-plugin-1.3.0.0-windows-${architecture}\\bin\\session-manager-plugin.exe`,
      ),
    );
  });

  it('describe the setup as it is: what it registers, its switches and its exit codes', () => {
    const script = setupSource('setup.nsi');
    const switches = setupSource('switches.nsh');
    const defined = (name: string): string | undefined =>
      new RegExp(`^!define ${name} "?(.*?)"?$`, 'm').exec(script + switches)?.[1];
    const [setup] = installers();
    const key = defined('UNINSTALL_KEY')?.split('\\').at(-1);
    assert.equal(setup?.ProductCode, key);
    assert.deepEqual(setup?.AppsAndFeaturesEntries, [
      { DisplayName: defined('NAME'), Publisher: REGISTERED_PUBLISHER, ProductCode: key },
    ]);
    for (const { InstallerSwitches } of installers()) {
      if (InstallerSwitches === undefined) continue;
      assert.ok(switches.includes(`\${Case} "${InstallerSwitches.Custom}"`));
    }
    assert.deepEqual(
      setup.ExpectedReturnCodes?.map(({ InstallerReturnCode }) => String(InstallerReturnCode)),
      [defined('ERROR_INVALID_PARAMETER'), defined('ERROR_OLD_WIN_VERSION')],
    );
  });

  it('are not made without the downloads for Windows', () => {
    assert.deepEqual(wingetManifests(exampleTable({ targets: ['macos-arm64'] })), []);
  });
});
