import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { ROOT } from '../../../build/runtime/setup.mjs';
import { TARGET_NAMES } from '../../../build/targets.ts';
import { homebrewCask } from '../../../packaging/manifests/homebrew/cask.ts';
import { homebrewFormula } from '../../../packaging/manifests/homebrew/formula.ts';
import type { Manifest } from '../../../packaging/manifests/release-table.ts';
import { needs } from '../../support/require-tools.ts';
import { RUBY } from '../../support/tools.ts';
import { declaredOn, rubySyntax, type BrewSystem } from './support/homebrew.ts';
import { exampleTable, expectedSource, PUBLISHER } from './support/release.ts';

const TABLE = exampleTable();

/** The only manifest of a list. */
function only(manifests: readonly Manifest[]): Manifest {
  const [manifest] = manifests;
  assert.ok(manifest !== undefined && manifests.length === 1);
  return manifest;
}

const CASK = only(homebrewCask(TABLE));
const FORMULA = only(homebrewFormula(TABLE));

const MACS = [
  [['macos', 'arm'], 'macos-arm64'],
  [['macos', 'intel'], 'macos-x64'],
] as const;
const COMPUTERS = [
  ...MACS,
  [['linux', 'arm'], 'linux-arm64'],
  [['linux', 'intel'], 'linux-x64'],
] as const;
const A_MAC: BrewSystem = ['macos', 'arm'];

describe('the manifests of Homebrew', needs(RUBY), () => {
  for (const manifest of [CASK, FORMULA]) {
    it(`${manifest.path} is Ruby without a warning, and describes the product`, (t) => {
      assert.equal(rubySyntax(t, manifest), 'Syntax OK');
      const { desc, homepage, version, ...declared } = declaredOn(t, manifest, A_MAC);
      assert.equal(homepage, PUBLISHER.homepage);
      assert.equal(version, '1.3.0.0');
      assert.equal(declared['livecheck_url'], `${PUBLISHER.downloads}/latest/VERSION`);
      assert.equal(declared['livecheck_version'], '1.3.0.0');
      // Only the major version has a name in Homebrew.
      assert.deepEqual(declared['depends_on'], { macos: 'ventura' });
      // The rules of Homebrew's linter for descriptions.
      assert.ok(typeof desc === 'string' && desc.length <= 80, String(desc));
      assert.doesNotMatch(desc, /^(?:the|an?|session manager plugin)\b|\bmac|\.$/i);
    });

    it(`${manifest.path} interpolates nothing of the publisher's`, (t) => {
      const homepage = 'https://example.com/#{1+1}\\';
      const downloads = 'https://example.com/#{2+2}\\';
      const table = exampleTable({ publisher: { ...PUBLISHER, homepage, downloads } });
      const [made] = manifest === CASK ? homebrewCask(table) : homebrewFormula(table);
      assert.ok(made !== undefined);
      const declared = declaredOn(t, made, A_MAC);
      assert.equal(declared['homepage'], homepage);
      assert.equal(declared['livecheck_url'], `${downloads}/latest/VERSION`);
      assert.ok(String(declared['url']).startsWith(`${downloads}/1.3.0.0/`));
    });
  }

  it('install with the cask the package for the processor, and make its program appear on PATH', (t) => {
    for (const [system, target] of MACS) {
      const { token, url, sha256, pkg, binary } = declaredOn(t, CASK, system);
      assert.deepEqual({ url, sha256 }, expectedSource(TABLE, target, 'macos-pkg'));
      assert.deepEqual(
        { token, pkg, binary },
        {
          token: 'session-manager-plugin',
          pkg: 'session-manager-plugin.pkg',
          binary: '/usr/local/sessionmanagerplugin/bin/session-manager-plugin',
        },
      );
    }
  });

  it('remove with the cask what the package has installed and what it has copied', (t) => {
    const { uninstall } = declaredOn(t, CASK, A_MAC);
    const script = readFileSync(
      join(ROOT, 'packaging', 'macos', 'scripts', 'copy-shared-files.sh'),
      'utf8',
    );
    const copied = script
      .split(/^.*<<'PLACES'$|^PLACES$/m)[1]
      ?.trim()
      .split('\n')
      .map((line) => `/usr/local/share/${line.split(' ')[1] ?? ''}`);
    assert.equal(copied?.length, 4);
    assert.deepEqual(uninstall, { pkgutil: 'session-manager-plugin', delete: copied.sort() });
  });

  it('install with the formula the archive for system and processor', (t) => {
    for (const [system, target] of COMPUTERS) {
      const { url, sha256, license } = declaredOn(t, FORMULA, system);
      assert.deepEqual({ url, sha256 }, expectedSource(TABLE, target, 'archive'));
      assert.equal(license, 'Apache-2.0');
    }
  });
});

describe('without a download, Homebrew', () => {
  it('gets no manifest that names it', () => {
    const table = exampleTable({ targets: TARGET_NAMES.filter((name) => name !== 'macos-x64') });
    assert.deepEqual([...homebrewCask(table), ...homebrewFormula(table)], []);
  });

  it('gets no manifest for a macOS that has no name there', () => {
    const table = exampleTable({ minimumMacos: '10.4' });
    for (const make of [homebrewCask, homebrewFormula]) {
      assert.throws(() => make(table), {
        name: 'BuildError',
        message: /^The programs need macOS 10\.4\. Add the name/,
      });
    }
  });
});
