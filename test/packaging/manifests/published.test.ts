import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { runTool } from '../../../build/tool.ts';
import { homebrewFormula } from '../../../packaging/manifests/homebrew/formula.ts';
import { MANIFESTS } from '../../../packaging/published/manifests.ts';
import { readMadeRelease } from '../../../packaging/release-settings.ts';
import { runCommandPiped } from '../../program/support/piped-program.ts';
import { VERSION } from '../../support/product.ts';
import { requireTools } from '../../support/require-tools.ts';
import { temporaryDirectory } from '../../support/temporary-directory.ts';
import { BSDTAR, RUBY } from '../../support/tools.ts';
import { packagePath, requireTargets } from '../support/made-targets.ts';
import { requirePackages } from '../support/packages.ts';
import { brewInstall } from './support/homebrew.ts';
import { exampleTable } from './support/release.ts';

const ARCHIVE = `session-manager-plugin-${VERSION}-linux-x64`;

/** Whose downloads are complete in each build. */
const ALWAYS = ['aqua/registry.yaml', 'homebrew/Casks/session-manager-plugin.rb', 'mise/mise.toml'];
/** A quick build has not their archives. */
const RELEASED = [
  'homebrew/Formula/session-manager-plugin.rb',
  'scoop/session-manager-plugin.json',
];
const WINGET = /^winget\/\w+\.SessionManagerPlugin(?:\.installer|\.locale\.en-US)?\.yaml$/;

const TARGETS = ['linux-x64', 'macos-x64', 'macos-arm64', 'windows-x64'] as const;

/** The digests of SHA256SUMS, by the paths of their files. */
function publishedFiles(): ReadonlyMap<string, string> {
  const lines = readFileSync(packagePath('SHA256SUMS'), 'utf8').trimEnd().split('\n');
  return new Map(
    lines.map((line) => {
      const [sha256 = '', path = ''] = line.split('  ');
      return [path, sha256];
    }),
  );
}

function manifestsOf(files: ReadonlyMap<string, string>): readonly string[] {
  return [...files.keys()].flatMap((path) => {
    const [directory, ...rest] = path.split('/');
    return directory === MANIFESTS ? rest.join('/') : [];
  });
}

describe('the published manifests', () => {
  it('are those of all package managers', (t) => {
    if (!requireTargets(t, ...TARGETS)) return;
    const made = manifestsOf(publishedFiles());
    const isRelease = readMadeRelease().compression === 'small';
    assert.deepEqual(
      made.filter((path) => !WINGET.test(path)).sort(),
      [...ALWAYS, ...(isRelease ? RELEASED : [])].sort(),
    );
    assert.equal(made.filter((path) => WINGET.test(path)).length, isRelease ? 3 : 0);
  });

  it('have only URLs and digests of published files', (t) => {
    if (!requireTargets(t, ...TARGETS)) return;
    const { publisher } = readMadeRelease();
    const files = publishedFiles();
    const digests = new Set(files.values());
    for (const path of manifestsOf(files)) {
      const text = readFileSync(packagePath(join(MANIFESTS, path)), 'utf8');
      const used = text.match(/\b[0-9a-f]{64}\b/gi) ?? [];
      for (const digest of used) assert.ok(digests.has(digest.toLowerCase()), `${path} ${digest}`);
      // Templates, which package managers expand, are tested with each manifest.
      const urls = text.match(/https?:\/\/[^\s"']+/g)?.filter((url) => !/[{$]/.test(url)) ?? [];
      for (const url of urls) {
        if (url === publisher.homepage) continue;
        const [, file = url] = url.split(`${publisher.downloads}/${VERSION}/`);
        const isKnown = files.has(file) || url === `${publisher.downloads}/latest/VERSION`;
        assert.ok(isKnown, `${path} ${url}`);
      }
      assert.ok(used.length > 0 || /SHA256SUMS|^ManifestType: /m.test(text), path);
    }
  });

  it('of Homebrew install the archive so that its links start the program', async (t) => {
    if (!requireTools(t, BSDTAR, RUBY) || !requirePackages(t, `${ARCHIVE}.tar.gz`)) return;
    const directory = temporaryDirectory(t);
    runTool(BSDTAR, ['-xf', packagePath(`${ARCHIVE}.tar.gz`), '-C', directory]);
    const formula = join(directory, 'session-manager-plugin.rb');
    writeFileSync(formula, homebrewFormula(exampleTable())[0]?.text ?? '');
    const prefix = join(directory, 'prefix');
    brewInstall(formula, join(directory, ARCHIVE), prefix);
    const program = join(prefix, 'bin', 'session-manager-plugin');
    const { stdout } = await runCommandPiped(t, [program, '--version', '--verbose']);
    assert.match(stdout, /^target +linux-x64\ninstall +archive$/m);
    for (const [file, content] of [
      ['share/man/man1/session-manager-plugin.1', /^\.TH SESSION/m],
      ['etc/bash_completion.d/session-manager-plugin', /complete .*session-manager-plugin/],
      ['share/fish/vendor_completions.d/session-manager-plugin.fish', /complete /],
      ['share/zsh/site-functions/_session-manager-plugin', /^#compdef session-manager-plugin/],
    ] as const) {
      assert.match(readFileSync(join(prefix, file), 'utf8'), content, file);
    }
  });
});
