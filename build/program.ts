import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { extname, join } from 'node:path';
import { buildBinary } from './binary/build-binary.ts';
import { needsWine } from './binary/emulator.ts';
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
import { NATIVE_ARCHITECTURES } from './own-libraries/native-program/architectures.ts';
import { nativeProgram } from './own-libraries/native-program/native-program.ts';
import type { OwnLibraries, OwnProgram } from './own-libraries/own-libraries.ts';
import { keptFor, type PackageSource } from './debian/package-source.ts';
import { exclusively } from './runtime/lock.mjs';
import { ROOT } from './runtime/setup.mjs';
import { hasOwnLibraries, nativeTarget, type BinaryTarget, type TargetName } from './targets.ts';
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
 * @param debian - where Debian's loader and libraries come from, for a program that brings them
 * @throws ToolError, SetupError when something it needs is missing or fails
 */
export async function makeProgram(
  name: TargetName,
  settings: BuildSettings,
  debian: PackageSource,
): Promise<void> {
  mkdirSync(BUILD_OUTPUTS.binaries, { recursive: true });
  const target = nativeTarget(name);
  if (target !== undefined) await makeBinary(target, settings);
  if (!hasOwnLibraries(name)) return;
  // Its parts change in Debian's archive: they are known only when it is made.
  await buildWithLibraries({
    ...programWithLibraries(target),
    output: programDirectory(name),
    source: keptFor(name, debian),
    sourceDateEpoch: settings.sourceDateEpoch,
  });
}

/** @param target - whose native binary the program contains; undefined for Debian's Node.js */
function programWithLibraries(target: BinaryTarget | undefined): {
  readonly libraries: OwnLibraries;
  readonly program: OwnProgram;
} {
  if (target === undefined) {
    return { libraries: LIBRARIES_FOR_X86, program: debianNode(BUILD_OUTPUTS.bundle) };
  }
  const architecture = NATIVE_ARCHITECTURES[target.arch];
  return {
    libraries: architecture.libraries,
    program: nativeProgram(binaryPath(target), architecture),
  };
}

/** Makes a native binary. Builds of two targets may need the same one at the same time. */
async function makeBinary(target: BinaryTarget, settings: BuildSettings): Promise<void> {
  const directory = programDirectory(target.name);
  await exclusively(`${directory}.lock`, () => makeBinaryWhenChanged(target, directory, settings));
}

async function makeBinaryWhenChanged(
  target: BinaryTarget,
  directory: string,
  settings: BuildSettings,
): Promise<void> {
  const output = binaryPath(target);
  const record = librariesRecord(target);
  await makeWhenChanged([directory, output, record], programInputs(target, settings), async () => {
    if (needsWine(target)) await makeWine();
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
