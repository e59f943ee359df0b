import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { platform } from 'node:os';
import { extname, join } from 'node:path';
import { buildBinary } from './binary/build-binary.ts';
import {
  copyLibraries,
  libraryDigests,
  type ShippedLibraries,
} from './binary/shipped-libraries.ts';
import { BUILD_OUTPUTS, signingFacts, type BuildSettings } from './build-settings.ts';
import { fingerprint, makeWhenChanged } from './fingerprint.ts';
import { buildWithLibraries } from './own-libraries/build-with-libraries.ts';
import { debianNode } from './own-libraries/debian-node/debian-node.ts';
import { LIBRARIES_FOR_X86 } from './own-libraries/debian-node/debian-suite.ts';
import type { PackageSource } from './debian/package-source.ts';
import { ROOT } from './runtime/setup.mjs';
import { binaryTarget, type BinaryTarget, type TargetName } from './targets.ts';
import { makeWine } from './windows/wine.ts';

/** What programs are made of, and with. */
const INPUTS = ['build', 'src/lib/bundle-file.ts', 'NOTICE', 'package-lock.json'];

/**
 * The directory with the program of a target as it is installed, made when it is not there or something it
 * is made of has changed: `bin/`, and on Linux `lib/`.
 */
export function programDirectory(name: TargetName): string {
  return join(BUILD_OUTPUTS.binaries, name);
}

/** The native binary of a target, in its directory. */
export function binaryPath(target: BinaryTarget): string {
  return join(programDirectory(target.name), 'bin', target.executable);
}

/** The libraries beside the native binary of a target, which has to be there. */
export function readShippedLibraries(target: BinaryTarget): ShippedLibraries {
  return JSON.parse(readFileSync(librariesRecord(target), 'utf8')) as ShippedLibraries;
}

function librariesRecord(target: BinaryTarget): string {
  return `${programDirectory(target.name)}.json`;
}

/**
 * Makes the program of a target.
 *
 * @param debian - where the packages of Debian for Linux x86 come from
 * @throws ToolError, SetupError when something it needs is missing or fails
 */
export async function makeProgram(
  name: TargetName,
  settings: BuildSettings,
  debian: PackageSource,
): Promise<void> {
  const directory = programDirectory(name);
  mkdirSync(BUILD_OUTPUTS.binaries, { recursive: true });
  const target = binaryTarget(name);
  if (target === undefined) {
    // Its parts change in Debian's archive: they are known only when it is made.
    await buildWithLibraries({
      libraries: LIBRARIES_FOR_X86,
      program: debianNode(BUILD_OUTPUTS.bundle),
      output: directory,
      source: debian,
      sourceDateEpoch: settings.sourceDateEpoch,
    });
    return;
  }
  const output = binaryPath(target);
  const record = librariesRecord(target);
  await makeWhenChanged([directory, output, record], programInputs(target, settings), async () => {
    if (target.platform === 'win' && platform() !== 'win32') await makeWine();
    rmSync(directory, { recursive: true, force: true });
    buildBinary(target, {
      bundle: BUILD_OUTPUTS.bundle,
      output,
      version: settings.version,
      sourceDateEpoch: settings.sourceDateEpoch,
      env: process.env,
    });
    writeFileSync(record, JSON.stringify(copyLibraries(target, directory)));
  });
}

function programInputs(target: BinaryTarget, settings: BuildSettings): string {
  const bundle = readdirSync(BUILD_OUTPUTS.bundle)
    .filter((file) => extname(file) === '.cjs')
    .sort()
    .map((file) => join('dist', file));
  const signing = signingFacts();
  // Only a signature contains the time; files get theirs when they are packed.
  const times = signing.length === 0 ? [] : [String(settings.sourceDateEpoch)];
  const facts = [target.name, settings.version, ...times, ...signing, ...libraryDigests(target)];
  return fingerprint(ROOT, [...INPUTS, ...bundle], facts);
}
