import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { TargetName } from '../../../build/targets.ts';
import { scoopManifest } from '../../../packaging/manifests/scoop.ts';
import { exampleTable, expectedSource, PUBLISHER } from './support/release.ts';

/** What Scoop reads of a manifest (schema.json of github.com/ScoopInstaller/Scoop). */
interface ScoopManifest {
  readonly version: string;
  readonly homepage: string;
  readonly license: string;
  readonly bin: string;
  readonly architecture: Readonly<Record<string, Source & { readonly hash: string }>>;
  readonly checkver: { readonly url: string; readonly regex: string };
  readonly autoupdate: {
    readonly architecture: Readonly<Record<string, Source>>;
    readonly hash: { readonly url: string };
  };
}

interface Source {
  readonly url: string;
  readonly extract_dir: string;
}

const TABLE = exampleTable();

function read(): ScoopManifest {
  const [manifest] = scoopManifest(TABLE);
  assert.equal(manifest?.path, 'scoop/session-manager-plugin.json');
  return JSON.parse(manifest.text) as ScoopManifest;
}

describe('the manifest of Scoop', () => {
  it('installs the archive for the processor, and the program in it', () => {
    const { version, homepage, license, bin, architecture } = read();
    assert.deepEqual(
      { version, homepage, license, bin },
      {
        version: '1.3.0.0',
        homepage: PUBLISHER.homepage,
        license: 'Apache-2.0',
        bin: 'bin\\session-manager-plugin.exe',
      },
    );
    const archive = (target: TargetName): object => {
      const { url, sha256 } = expectedSource(TABLE, target, 'archive');
      return { url, hash: sha256, extract_dir: `session-manager-plugin-1.3.0.0-${target}` };
    };
    assert.deepEqual(architecture, {
      '64bit': archive('windows-x64'),
      arm64: archive('windows-arm64'),
    });
  });

  it('finds a newer version, its archive and its digest', () => {
    const { architecture, checkver, autoupdate } = read();
    assert.equal(checkver.url, `${PUBLISHER.downloads}/latest/VERSION`);
    assert.equal(new RegExp(checkver.regex).exec('1.4.0.0\n')?.[1], '1.4.0.0');
    for (const [name, { url, extract_dir }] of Object.entries(autoupdate.architecture)) {
      const now = (text: string): string => text.replaceAll('$version', '1.3.0.0');
      assert.equal(now(url), architecture[name]?.url);
      assert.equal(now(extract_dir), architecture[name]?.extract_dir);
      assert.doesNotMatch(url + extract_dir, /1\.3\.0\.0/);
    }
    assert.deepEqual(Object.keys(autoupdate.architecture), Object.keys(architecture));
    assert.deepEqual(autoupdate.hash, { url: '$baseurl/SHA256SUMS' });
  });

  it('is not made without that archive', () => {
    assert.deepEqual(scoopManifest(exampleTable({ targets: ['linux-x64'] })), []);
  });
});
