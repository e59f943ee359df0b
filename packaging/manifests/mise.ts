import type { TargetName } from '../../build/targets.ts';
import { findDownload, type Manifest, type ReleaseTable } from './release-table.ts';

/** Targets that mise knows by the same names. */
const PLATFORMS: readonly TargetName[] = [
  'linux-x64',
  'linux-arm64',
  'macos-x64',
  'macos-arm64',
  'windows-x64',
  'windows-arm64',
];

/**
 * A configuration of mise, which installs plain archives with its backend `http`
 * (mise.jdx.dev/dev-tools/backends/http.html).
 *
 * @returns nothing for a release without any archive
 */
export function miseConfiguration(table: ReleaseTable): readonly Manifest[] {
  const lines = PLATFORMS.flatMap((target) => {
    const download = findDownload(table, target, 'archive');
    if (download === undefined) return [];
    const { url, sha256 } = download;
    return [`${target} = { url = ${tomlString(url)}, checksum = "sha256:${sha256}" }`];
  });
  if (lines.length === 0) return [];
  const tool = 'tools."http:session-manager-plugin"';
  const text = [
    `[${tool}]`,
    `version = ${tomlString(table.version)}`,
    'bin_path = "bin"',
    '',
    `[${tool}.platforms]`,
    ...lines,
    '',
  ].join('\n');
  return [{ path: 'mise/mise.toml', text }];
}

/** A basic string of TOML, whose escapes are those of JSON. */
function tomlString(text: string): string {
  return JSON.stringify(text);
}
