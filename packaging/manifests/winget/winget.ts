import { stringify } from 'yaml';
import { PRODUCT } from '../../product.ts';
import { vendorOf } from '../../publisher.ts';
import type { Manifest, ReleaseTable } from '../release-table.ts';
import { MANIFEST_VERSION, packageIdentifier, type WingetIdentity } from './identity.ts';
import { SETUP_NAME, wingetInstallers } from './installers.ts';

const LOCALE = 'en-US';

/**
 * The three manifests of winget, which installs the setup or a plain archive
 * (learn.microsoft.com/windows/package-manager/package/manifest).
 *
 * @returns nothing for a release without setup and archive for Windows
 */
export function wingetManifests(table: ReleaseTable): readonly Manifest[] {
  const installers = wingetInstallers(table);
  if (installers.length === 0) return [];
  const identity: WingetIdentity = {
    PackageIdentifier: packageIdentifier(table.publisher),
    PackageVersion: table.version,
  };
  return [
    manifest(identity, '', 'version', { DefaultLocale: LOCALE }),
    manifest(identity, '.installer', 'installer', {
      Platform: ['Windows.Desktop'],
      // The setup requires Windows 10 (packaging/windows/install.nsh).
      MinimumOSVersion: '10.0.0.0',
      UpgradeBehavior: 'install',
      Commands: [PRODUCT.name],
      ReleaseDate: table.day,
      Installers: installers,
    }),
    manifest(identity, `.locale.${LOCALE}`, 'defaultLocale', {
      PackageLocale: LOCALE,
      Publisher: vendorOf(table.publisher),
      PackageName: SETUP_NAME,
      PackageUrl: table.publisher.homepage,
      License: PRODUCT.license,
      ShortDescription: PRODUCT.shortDescription,
      Description: PRODUCT.description.join(' '),
      Moniker: PRODUCT.name,
      Tags: ['aws', 'aws-cli', 'port-forwarding', 'ssh', 'ssm'],
    }),
  ];
}

/** @param part - of the file's name, after the identifier */
function manifest(identity: WingetIdentity, part: string, type: string, content: object): Manifest {
  const text = stringify(
    { ...identity, ...content, ManifestType: type, ManifestVersion: MANIFEST_VERSION },
    // Long values stay on one line; the lists of two installers are written twice.
    { lineWidth: 0, aliasDuplicateObjects: false },
  );
  return { path: `winget/${identity.PackageIdentifier}${part}.yaml`, text };
}
