import { stringify } from 'yaml';
import type { TargetName } from '../../build/targets.ts';
import { PRODUCT } from '../product.ts';
import { findDownload, type Manifest, type ReleaseTable } from './release-table.ts';

/** The targets by the names that aqua has for systems and processors. */
const ENVIRONMENTS = {
  'darwin/amd64': 'macos-x64',
  'darwin/arm64': 'macos-arm64',
  'linux/amd64': 'linux-x64',
  'linux/arm64': 'linux-arm64',
  'windows/amd64': 'windows-x64',
  'windows/arm64': 'windows-arm64',
} as const satisfies Record<string, TargetName>;

/** Names of aqua (those of Go), and what the names of archives have instead. */
const REPLACEMENTS = { amd64: 'x64', darwin: 'macos' };

/**
 * The entry for a registry of aqua, which installs plain archives (aquaproj.github.io/docs/reference/registry-config). It is
 * valid for each version, because aqua takes the digest from the SHA256SUMS of that version.
 *
 * @returns nothing for a release without any archive
 */
export function aquaRegistry(table: ReleaseTable): readonly Manifest[] {
  const environments = Object.entries(ENVIRONMENTS)
    .filter(([, target]) => findDownload(table, target, 'archive') !== undefined)
    .map(([environment]) => environment);
  if (environments.length === 0) return [];
  const { downloads, homepage } = table.publisher;
  const directory = `${downloads}/{{.Version}}`;
  const entry = {
    name: 'session-manager-plugin',
    type: 'http',
    description: PRODUCT.shortDescription,
    link: homepage,
    url: `${directory}/session-manager-plugin-{{.Version}}-{{.OS}}-{{.Arch}}.{{.Format}}`,
    format: 'tar.gz',
    overrides: [{ goos: 'windows', format: 'zip' }],
    replacements: REPLACEMENTS,
    // On Windows aqua adds the ending.
    files: [
      {
        name: 'session-manager-plugin',
        src: '{{.AssetWithoutExt}}/bin/session-manager-plugin',
      },
    ],
    supported_envs: environments,
    checksum: { type: 'http', url: `${directory}/SHA256SUMS`, algorithm: 'sha256' },
  };
  return [{ path: 'aqua/registry.yaml', text: stringify({ packages: [entry] }, YAML_OPTIONS) }];
}

/** Long values stay on one line. */
const YAML_OPTIONS = { lineWidth: 0 };
