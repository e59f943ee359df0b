import { mkdirSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { extname, join, relative } from 'node:path';
import { build } from 'esbuild';
import { ROOT } from '../runtime/setup.mjs';
import { BUILD_RECORD, buildRecord, commitOf } from './build-record.ts';
import {
  BUNDLE_DIRECTORY,
  bundlePlugins,
  COMMON_OPTIONS,
  LOADED_LATER,
  PROGRAM,
  SESSION,
  SESSION_AWS,
  SINGLE_EXECUTABLE,
} from './bundle-files.ts';
import { bundledPackages } from './bundled-packages.ts';

/** Where standard output is that of the program that is built. */
const QUIET = process.argv.includes('--quiet');

/** The list of the npm packages in the bundle, which the packages of the product include. */
const PACKAGES_FILE = 'bundled-packages.json';

/** Replaces a file of dist/ in one step, so that a program that starts meanwhile reads a whole one. */
function writeToDist(name: string, contents: Uint8Array | string): void {
  const path = join(BUNDLE_DIRECTORY, name);
  const unfinished = `${path}.${process.pid}`;
  writeFileSync(unfinished, contents);
  renameSync(unfinished, path);
  if (QUIET) return;
  process.stdout.write(`${relative(ROOT, path)}  ${(contents.length / 1024).toFixed(1)} KiB\n`);
}

/** Removes what an older build has left: a native binary contains each file of the bundle. */
function removeOlderFiles(current: ReadonlySet<string>): void {
  for (const name of readdirSync(BUNDLE_DIRECTORY)) {
    if (extname(name) === '.cjs' && !current.has(name)) rmSync(join(BUNDLE_DIRECTORY, name));
  }
}

async function bundle(): Promise<void> {
  // First what the program reaches for, then the program.
  const results = await Promise.all(
    [...LOADED_LATER, PROGRAM, SINGLE_EXECUTABLE].map(({ module, name }) =>
      build({
        ...COMMON_OPTIONS,
        entryPoints: [{ in: module, out: name }],
        // A session loads nothing on its way to its socket.
        plugins: bundlePlugins(
          LOADED_LATER.filter((file) => name !== SESSION.name || file !== SESSION_AWS),
        ),
      }),
    ),
  );
  mkdirSync(BUNDLE_DIRECTORY, { recursive: true });
  const files = results.flatMap((result) => result.outputFiles);
  for (const { path, contents } of files) writeToDist(relative(BUNDLE_DIRECTORY, path), contents);
  removeOlderFiles(new Set(files.map(({ path }) => relative(BUNDLE_DIRECTORY, path))));
  const metafiles = results.map((result) => result.metafile);
  writeToDist(BUILD_RECORD, buildRecord('source', 'javascript', commitOf(ROOT)));
  writeToDist(PACKAGES_FILE, JSON.stringify(bundledPackages(ROOT, metafiles)));
}

try {
  await bundle();
} catch (error) {
  // esbuild has printed what is wrong with the sources.
  if (!(error instanceof Error && 'errors' in error)) throw error;
  process.exitCode = 1;
}
