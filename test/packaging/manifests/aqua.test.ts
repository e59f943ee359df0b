import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { parse } from 'yaml';
import type { TargetName } from '../../../build/targets.ts';
import { aquaRegistry } from '../../../packaging/manifests/aqua.ts';
import { exampleTable, expectedSource, PUBLISHER } from './support/release.ts';

/** What aqua reads of an entry (json-schema/registry.json of github.com/aquaproj/aqua). */
interface Entry {
  readonly type: string;
  readonly url: string;
  readonly format: string;
  readonly overrides: readonly { readonly goos: string; readonly format: string }[];
  readonly replacements: Readonly<Record<string, string>>;
  readonly files: readonly { readonly name: string; readonly src: string }[];
  readonly supported_envs: readonly string[];
  readonly checksum: Readonly<Record<string, string>>;
}

const TARGETS: Readonly<Record<string, TargetName>> = {
  'darwin/amd64': 'macos-x64',
  'darwin/arm64': 'macos-arm64',
  'linux/amd64': 'linux-x64',
  'linux/arm64': 'linux-arm64',
  'windows/amd64': 'windows-x64',
  'windows/arm64': 'windows-arm64',
};

const TABLE = exampleTable();

function read(): Entry {
  const [manifest] = aquaRegistry(TABLE);
  assert.equal(manifest?.path, 'aqua/registry.yaml');
  const { packages } = parse(manifest.text) as { readonly packages: readonly Entry[] };
  const [entry] = packages;
  assert.ok(entry !== undefined && packages.length === 1);
  return entry;
}

/** What a template becomes on a system, as aqua expands it (pkg/config/package.go there). */
function expand(template: string, entry: Entry, environment: string): string {
  const [goos = '', goarch = ''] = environment.split('/');
  const values: Record<string, string> = {
    Version: '1.3.0.0',
    OS: entry.replacements[goos] ?? goos,
    Arch: entry.replacements[goarch] ?? goarch,
    Format: entry.overrides.find((each) => each.goos === goos)?.format ?? entry.format,
  };
  return template.replaceAll(/\{\{\.(\w+)\}\}/g, (_, name: string) => {
    const value = values[name];
    assert.ok(value !== undefined, name);
    return value;
  });
}

describe('the entry for a registry of aqua', () => {
  it('finds the archive for each system, and its digest in the list of the version', () => {
    const entry = read();
    assert.equal(entry.type, 'http');
    assert.deepEqual(entry.supported_envs, Object.keys(TARGETS));
    for (const [environment, target] of Object.entries(TARGETS)) {
      const { url } = expectedSource(TABLE, target, 'archive');
      assert.equal(expand(entry.url, entry, environment), url);
      assert.deepEqual(
        { ...entry.checksum, url: expand(entry.checksum['url'] ?? '', entry, environment) },
        { type: 'http', url: `${PUBLISHER.downloads}/1.3.0.0/SHA256SUMS`, algorithm: 'sha256' },
      );
    }
  });

  it('is valid for each version, and finds the program in the directory of the archive', () => {
    const entry = read();
    assert.doesNotMatch(JSON.stringify(entry), /1\.3\.0\.0/);
    assert.deepEqual(entry.files, [
      { name: 'session-manager-plugin', src: '{{.AssetWithoutExt}}/bin/session-manager-plugin' },
    ]);
  });

  it('names only the systems that a release has an archive for', () => {
    const [manifest] = aquaRegistry(exampleTable({ targets: ['linux-x64', 'linux-x86'] }));
    assert.match(manifest?.text ?? '', /supported_envs:\n {6}- linux\/amd64\n {4}checksum:/);
    assert.deepEqual(aquaRegistry(exampleTable({ targets: ['linux-x86'] })), []);
  });
});
