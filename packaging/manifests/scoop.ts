import type { TargetName } from '../../build/targets.ts';
import { PRODUCT } from '../product.ts';
import {
  findDownload,
  newestVersionUrl,
  type ListedDownload,
  type Manifest,
  type ReleaseTable,
} from './release-table.ts';

/** The targets by the names that Scoop has for processors. */
const ARCHITECTURES = {
  '64bit': 'windows-x64',
  arm64: 'windows-arm64',
} as const satisfies Record<string, TargetName>;

/** Scoop puts the new version in its place. */
const VERSION = '$version';

/**
 * The manifest of Scoop, which installs a plain archive for the user (github.com/ScoopInstaller/Scoop/wiki/App-Manifests).
 *
 * @returns nothing for a release without an archive for Windows
 */
export function scoopManifest(table: ReleaseTable): readonly Manifest[] {
  const { version, publisher } = table;
  const archives = Object.entries(ARCHITECTURES).flatMap(([architecture, target]) => {
    const download = findDownload(table, target, 'archive');
    return download === undefined ? [] : [[architecture, download] as const];
  });
  if (archives.length === 0) return [];
  const byArchitecture = (describe: (download: ListedDownload) => object): object =>
    Object.fromEntries(archives.map(([name, download]) => [name, describe(download)]));
  const manifest = {
    version,
    description: PRODUCT.shortDescription,
    homepage: publisher.homepage,
    license: PRODUCT.license,
    architecture: byArchitecture(({ url, sha256, directory }) => ({
      url,
      hash: sha256,
      extract_dir: directory,
    })),
    bin: String.raw`bin\session-manager-plugin.exe`,
    checkver: { url: newestVersionUrl(table), regex: String.raw`([\d.]+)` },
    autoupdate: {
      architecture: byArchitecture(({ path, directory }) => ({
        url: `${publisher.downloads}/${VERSION}/${path.replaceAll(version, VERSION)}`,
        extract_dir: directory.replaceAll(version, VERSION),
      })),
      // Scoop finds the line of the file in it.
      hash: { url: '$baseurl/SHA256SUMS' },
    },
  };
  const text = `${JSON.stringify(manifest, undefined, 4)}\n`;
  return [{ path: 'scoop/session-manager-plugin.json', text }];
}
