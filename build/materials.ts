import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { BUILD_OUTPUTS } from './build-settings.ts';
import type { BundledContent } from './bundle/bundled-packages.ts';
import type { DebianManifest } from './own-libraries/manifest.ts';
import { RECORD_FILE } from './debian/packages-record.ts';
import { programDirectory } from './program.ts';
import { generatorFor } from './runtime/runtime.mjs';
import type { LibraryTargetName, TargetName } from './targets.ts';
import { runTool, type Tool } from './tool.ts';

/** The packages in the bundle, as they were when it was made. */
export function readBundledPackages(): readonly BundledContent[] {
  const text = readFileSync(join(BUILD_OUTPUTS.bundle, 'bundled-packages.json'), 'utf8');
  return JSON.parse(text) as readonly BundledContent[];
}

/** The packages of Debian in a program with its own libraries, which has to be there. */
export function readDebianManifest(name: LibraryTargetName): DebianManifest {
  const text = readFileSync(`${programDirectory(name)}.json`, 'utf8');
  return JSON.parse(text) as DebianManifest;
}

/** The record of the packages of Debian that are a part of what a target ships; a system without apt has none for Windows. */
export function debianRecordPath(name: TargetName): string {
  return join(`${programDirectory(name)}.debs`, RECORD_FILE);
}

/**
 * The components that the runtime of a target reports: names and versions.
 *
 * @param target - as build/runtimes.json names it
 */
export function readRuntimeParts(target: string): Readonly<Record<string, string>> {
  const node: Tool = { program: generatorFor(target), debianPackage: 'nodejs' };
  const text = runTool(node, ['-p', 'JSON.stringify(process.versions)']).toString('utf8');
  return JSON.parse(text) as Readonly<Record<string, string>>;
}
