import { copyFileSync, existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { UnpackedPackage } from '../../debian/unpack-packages.ts';
import { BuildError } from '../../runtime/build-error.mjs';
import {
  LAUNCHER,
  LIBRARY_PLACE,
  pathOf,
  type OwnProgram,
  type UnfinishedProgram,
} from '../own-libraries.ts';
import { findFile } from '../shared-libraries.ts';
import { moveBuiltins } from './builtin-files.ts';
import { NODE_PACKAGE, nodeVersionOf } from './debian-suite.ts';
import { writeSmallIcuLibrary } from './icu-library.ts';
import {
  ENTRY,
  entryText,
  launcherText,
  LIBRARY_HOME,
  MAIN_FILE,
  NODE,
  nodeVariables,
} from './launcher.ts';

const LIBNODE = /^libnode\.so\.\d+$/;
const LIBICUDATA = /^libicudata\.so\.\d+$/;

/**
 * The Node.js of Debian for Linux x86, and the bundle as files beside it. It needs `/bin/sh`, a processor with
 * SSE2 and Linux 3.2, and runs only from the installation directory.
 *
 * @param dist - the directory with the bundle, `*.cjs`
 * @throws BuildError when there is no bundle; when it is used, if Debian's Node.js is not built as expected
 */
export function debianNode(dist: string): OwnProgram {
  const bundle = bundleFiles(dist);
  return {
    name: NODE,
    executable: (packages) => findFile('usr/bin/node', packages),
    complete(unfinished) {
      const lib = join(unfinished.directory, LIBRARY_PLACE);
      const variables = changeLibraries(unfinished, lib);
      for (const file of bundle) copyFileSync(join(dist, file), join(lib, file));
      writeFileSync(join(lib, ENTRY), entryText());
      writeFileSync(join(unfinished.directory, LAUNCHER), launcherText(variables));
    },
    nodeVersion: (packages) => nodeVersionOf(nodePackage(packages).version),
  };
}

/** How one file of the bundle reaches another. */
const REACHED_FILE = /\brequire\("\.\/([\w-]+\.cjs)"\)/g;

/** The files of the bundle that the program reaches: `dist` may hold those of other targets, too. */
function bundleFiles(dist: string): readonly string[] {
  if (!existsSync(join(dist, MAIN_FILE))) {
    throw new BuildError(`${dist} has no ${MAIN_FILE}: run "npm run build" first`);
  }
  const reached = new Set([MAIN_FILE]);
  for (const file of reached) {
    const text = readFileSync(join(dist, file), 'utf8');
    for (const [, other] of text.matchAll(REACHED_FILE)) if (other) reached.add(other);
  }
  return [...reached];
}

/**
 * Replaces the libraries that cannot be shipped as they are.
 *
 * @param lib - the directory that they are in
 * @returns the variables that Node.js may read
 */
function changeLibraries(
  { packages, libraries, take }: UnfinishedProgram,
  lib: string,
): readonly string[] {
  const [icuName, icuData] = theLibrary(LIBICUDATA, libraries);
  writeSmallIcuLibrary(pathOf(icuData), icuName, join(lib, icuName));
  const [nodeName, libnode] = theLibrary(LIBNODE, libraries);
  const { library, files } = moveBuiltins(readFileSync(pathOf(libnode)), LIBRARY_HOME);
  writeFileSync(join(lib, nodeName), library);
  for (const [name, path] of files) take(name, findFile(path, packages));
  return nodeVariables(library);
}

function theLibrary<File>(
  pattern: RegExp,
  libraries: ReadonlyMap<string, File>,
): readonly [string, File] {
  const found = [...libraries].find(([name]) => pattern.test(name));
  if (found !== undefined) return found;
  throw new BuildError(`Debian's Node.js needs no library ${pattern.source}: it has changed`);
}

function nodePackage(packages: readonly UnpackedPackage[]): UnpackedPackage {
  const node = packages.find(({ name }) => name === NODE_PACKAGE);
  if (node === undefined) throw new BuildError(`the package ${NODE_PACKAGE} is missing`);
  return node;
}
