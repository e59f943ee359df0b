import { createHash } from 'node:crypto';
import {
  chmodSync,
  copyFileSync,
  linkSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { describeMacosSigning, macosSigning } from '../build/mach-o/macos-signing.ts';
import { RECORD_FILE } from '../build/debian/packages-record.ts';
import {
  readBundledPackages,
  readRuntimeParts,
  readX86Manifest,
  x86RecordPath,
} from '../build/materials.ts';
import { pinFor } from '../build/runtime/pins.mjs';
import { runtimeOrigin } from '../build/runtime/runtime.mjs';
import { ROOT } from '../build/runtime/setup.mjs';
import { BINARY_TARGETS, LINUX_X86, type TargetName } from '../build/targets.ts';
import { describeWindowsSigning, windowsSigning } from '../build/windows/windows-signing.ts';
import { billOfMaterials, type Materials } from './bill-of-materials/bill-of-materials.ts';
import { DOWNLOADS, downloadsOf } from './downloads.ts';
import { describeGpgSigning, gpgSigning, signChecksums } from './gpg.ts';
import { describeInstallerSigning, installerSigning } from './macos/installer-signing.ts';
import { describePublisher } from './publisher.ts';
import { OUTPUTS } from './release-settings.ts';
import type { AcceptedRuntimes } from './runtime-age/accepted-runtimes.ts';
import { readRuntimeRecord, RUNTIME_RECORD } from './runtime-age/runtime-record.ts';
import type { Release } from './release.ts';
import { DIRECTORY_MODE, FILE_MODE } from './stage-tree.ts';

const CHECKSUMS = 'SHA256SUMS';
const BILL_OF_MATERIALS = 'sbom.cdx.json';
/** The directory that always holds the newest version (install guide). */
const LATEST = 'latest';

/**
 * Lays out the downloads of targets as they are published: a directory of the version, and the same
 * under `latest`. Existing downloads are removed. Every user can read the result, whatever the umask is.
 *
 * @param accepted - runtimes without a known security release, which the record of the runtimes names
 * @throws ToolError when the checksums are to be signed and cannot be
 */
export function assembleRelease(
  release: Release,
  names: readonly TargetName[],
  accepted: AcceptedRuntimes,
): void {
  const directory = join(OUTPUTS.plugin, release.version);
  rmSync(OUTPUTS.plugin, { recursive: true, force: true });
  writeFileSync(OUTPUTS.release, JSON.stringify(release));
  const paths = names.flatMap((name) => downloadsOf(name, release).map(({ path }) => path)).sort();
  mkdirSync(directory, { recursive: true });
  for (const path of paths) place(join(OUTPUTS.packages, path), join(directory, path));
  const records = names.includes(LINUX_X86) ? X86_DIRECTORIES.map(recordIn) : [];
  for (const path of records) copyFileSync(x86RecordPath(), join(directory, path));
  copyFileSync(join(ROOT, 'VERSION'), join(directory, 'VERSION'));
  writeFileSync(join(directory, BILL_OF_MATERIALS), billOfMaterials(release, materials(names)));
  writeFileSync(join(directory, RUNTIME_RECORD), readRuntimeRecord(names, accepted));
  const listed = [...paths, ...records, 'VERSION', BILL_OF_MATERIALS, RUNTIME_RECORD];
  const checksums = join(directory, CHECKSUMS);
  writeFileSync(checksums, listed.map((path) => checksumLine(directory, path)).join(''));
  const signing = gpgSigning(process.env);
  const signatures = signChecksums(checksums, signing);
  for (const line of [
    describePublisher(release.publisher),
    describeGpgSigning(signing),
    describeInstallerSigning(installerSigning(process.env)),
    describeMacosSigning(macosSigning(process.env)),
    describeWindowsSigning(windowsSigning(process.env)),
  ]) {
    process.stdout.write(`${line}\n`);
  }
  for (const path of [
    ...listed,
    CHECKSUMS,
    ...signatures.map((each) => relative(directory, each)),
  ]) {
    place(join(directory, path), join(OUTPUTS.plugin, LATEST, path));
  }
  letEveryUserRead(OUTPUTS.plugin);
  process.stdout.write(`${relative(ROOT, directory)}\n`);
}

/** Where the packages for Linux x86 are published. */
const X86_DIRECTORIES: readonly string[] = DOWNLOADS[LINUX_X86].map(({ path }) => dirname(path));

function recordIn(directory: string): string {
  return join(directory, RECORD_FILE);
}

/** The same file under another name: packages are large, and each appears several times. */
function place(file: string, link: string): void {
  mkdirSync(dirname(link), { recursive: true });
  linkSync(file, link);
}

function letEveryUserRead(directory: string): void {
  chmodSync(directory, DIRECTORY_MODE);
  for (const entry of readdirSync(directory, { withFileTypes: true })) {
    const path = join(directory, entry.name);
    if (entry.isDirectory()) letEveryUserRead(path);
    else chmodSync(path, FILE_MODE);
  }
}

/** In the form that `sha256sum --check` reads. */
function checksumLine(directory: string, path: string): string {
  const digest = createHash('sha256').update(readFileSync(join(directory, path)));
  return `${digest.digest('hex')}  ${path}\n`;
}

function materials(names: readonly TargetName[]): Materials {
  return {
    bundled: readBundledPackages(),
    runtimes: BINARY_TARGETS.filter(({ name }) => names.includes(name)).map(({ runtime }) => {
      const { package: name, version, integrity = '' } = pinFor(runtime);
      const origin = runtimeOrigin(runtime);
      const vendor = origin.kind === 'vendor' ? origin : undefined;
      return { name, version, integrity, vendor, parts: readRuntimeParts(runtime) };
    }),
    linuxX86: names.includes(LINUX_X86) ? readX86Manifest() : undefined,
  };
}
