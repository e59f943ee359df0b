// `node package-target.ts TARGET fast|small [DEBS]` makes the downloads of one target; `package.ts` runs it.

import { mkdirSync, readFileSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { BUILD_OUTPUTS, signingFacts } from '../build/build-settings.ts';
import { explainFailure } from '../build/explain-failure.ts';
import { fingerprint, makeWhenChanged } from '../build/fingerprint.ts';
import { packageSource, type PackageSource } from '../build/debian/package-source.ts';
import { readBundledPackages, readDebianManifest } from '../build/materials.ts';
import { makeProgram, programDirectory, readShippedLibraries } from '../build/program.ts';
import { macosSigning } from '../build/mach-o/macos-signing.ts';
import { pinFor } from '../build/runtime/pins.mjs';
import { readKnownReleases } from '../build/runtime/releases/known-releases.mjs';
import { nodeLicence } from '../build/runtime/runtime.mjs';
import { ROOT } from '../build/runtime/setup.mjs';
import {
  chooseTargets,
  hasOwnLibraries,
  isWindows,
  nativeTarget,
  type TargetName,
} from '../build/targets.ts';
import { requireTools } from '../build/tool.ts';
import { windowsSigning } from '../build/windows/windows-signing.ts';
import { downloadsOf } from './downloads.ts';
import { writeInstalledTree } from './installed-tree.ts';
import { beginStep } from './progress/step-messages.ts';
import { OUTPUTS, readRelease } from './release-settings.ts';
import type { Release } from './release.ts';
import { missedReleases } from './runtime-age/assess-runtimes.ts';
import { releaseNotes } from './runtime-age/release-notes.ts';
import { debianRuntime, pinnedRuntimes } from './runtime-age/shipped-runtimes.ts';
import { checkDownloadSize, checkTreeSize } from './size-limits.ts';
import { makeSharedFiles } from './system/shared-files.ts';
import { makeTargetTools, targetTools } from './target-tools.ts';
import { thirdPartyText, type ThirdParties } from './third-party.ts';

/** What packages are made of besides the program. */
const INPUTS = [
  ...['packaging', 'build', 'LICENSE', 'NOTICE', 'README.md', 'CHANGELOG.md', 'VERSION', 'docs'],
  join('dist', 'bundled-packages.json'),
];

function thirdParties(name: TargetName): ThirdParties {
  const bundled = readBundledPackages();
  const target = nativeTarget(name);
  const own = hasOwnLibraries(name) ? readDebianManifest(name) : undefined;
  if (target === undefined) return { bundled, debian: own };
  return {
    bundled,
    runtime: {
      version: pinFor(target.runtime).version,
      licenceText: nodeLicence(target.runtime),
    },
    debian: own ?? readShippedLibraries(target),
  };
}

/** The changelog, with a word about a security release that the runtime lacks. */
function notesOf(name: TargetName): string {
  const shipped = [...pinnedRuntimes([name]), ...debianRuntime([name])];
  const [missed] = missedReleases(shipped, readKnownReleases());
  return releaseNotes(readFileSync(join(ROOT, 'CHANGELOG.md'), 'utf8'), missed);
}

function writeTree(name: TargetName, release: Release): string {
  const tree = join(OUTPUTS.trees, name);
  writeInstalledTree(tree, {
    root: ROOT,
    program: programDirectory(name),
    system: isWindows(name) ? 'windows' : 'posix',
    hasGuides: true,
    sharedFiles: new Map([
      // Windows has neither man nor these shells.
      ...(isWindows(name) ? [] : makeSharedFiles(BUILD_OUTPUTS.bundle)),
      ['RELEASENOTES.md', notesOf(name)],
    ]),
    thirdParty: thirdPartyText(thirdParties(name)),
    sourceDateEpoch: release.sourceDateEpoch,
  });
  return tree;
}

/** Whether an identity signs the program; without one, those for macOS are signed ad hoc, which takes no time. */
function programIsSigned(name: TargetName): boolean {
  if (isWindows(name)) return windowsSigning(process.env).kind !== 'unsigned';
  return nativeTarget(name)?.platform === 'macos' && macosSigning(process.env).kind !== 'none';
}

async function packageTarget(
  name: TargetName,
  release: Release,
  debian: PackageSource,
): Promise<void> {
  requireTools(targetTools(name, debian.kind));
  beginStep('tools');
  const tools = await makeTargetTools(name, debian);
  beginStep(programIsSigned(name) ? 'program, and its signature' : 'program');
  await makeProgram(name, release, debian);
  const inputs = fingerprint(
    ROOT,
    [...INPUTS, join('dist', 'binaries', name)],
    [name, JSON.stringify(release), ...signingFacts(), ...tools],
  );
  const downloads = downloadsOf(name, release).map((download) => ({
    ...download,
    output: join(OUTPUTS.packages, download.path),
  }));
  const outputs = downloads.map(({ output }) => output);
  await makeWhenChanged([join(OUTPUTS.trees, name), ...outputs], inputs, async () => {
    beginStep('installed tree');
    const tree = writeTree(name, release);
    checkTreeSize(tree);
    for (const { path, output, build } of downloads) {
      beginStep(path);
      mkdirSync(dirname(output), { recursive: true });
      rmSync(output, { force: true });
      await build(release, { tree, output }, process.env);
      // Quick builds are larger.
      if (release.compression === 'small') checkDownloadSize(path, output);
    }
  });
}

const [, , wanted = '', compression, debs = ''] = process.argv;
await explainFailure(async () => {
  const [name] = chooseTargets([wanted]);
  if (name === undefined) return;
  const isRelease = compression === 'small';
  const debian = packageSource(isRelease ? 'release' : 'development', debs);
  await packageTarget(name, readRelease(isRelease ? 'small' : 'fast'), debian);
});
