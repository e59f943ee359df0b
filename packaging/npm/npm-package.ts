import {
  copyFileSync,
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { extname, join } from 'node:path';
import { BUILD_OUTPUTS } from '../../build/build-settings.ts';
import { PROGRAM, SINGLE_EXECUTABLE } from '../../build/bundle/bundle-files.ts';
import { BUILD_RECORD, buildRecord } from '../../build/bundle/build-record.ts';
import { sharedFiles } from '../../build/bundle/shared-files.ts';
import { readBundledPackages } from '../../build/materials.ts';
import { npmOutput, ROOT } from '../../build/runtime/setup.mjs';
import { writeInstalledTree } from '../installed-tree.ts';
import { PRODUCT } from '../product.ts';
import type { Release } from '../release.ts';
import { EXECUTABLE_MODE } from '../stage-tree.ts';
import { makeSharedFiles, SHARED_FILES } from '../system/shared-files.ts';
import { thirdPartyText } from '../third-party.ts';
import { npmVersion } from './npm-version.ts';

/** Where the package is published, below the directory of a version. */
export const NPM_DIRECTORY = 'npm';
const BUILT_LAUNCHER = `bin/${PRODUCT.name}`;
/** npm packs files by their extensions: so it is beside files that are alike, and the licences are beside one another. */
const LAUNCHER = `${BUILT_LAUNCHER}.cjs`;
const MANIFEST = 'package.json';
/** npm makes a link of it, or on Windows a script that runs what this line names. */
const INTERPRETER = '#!/usr/bin/env node\n';
/** Modules of a native binary, and the one that {@link BUILT_LAUNCHER} contains. */
const NOT_PACKED = [SINGLE_EXECUTABLE, PROGRAM].map(({ name }) => `${name}.cjs`);

/** The name of the npm package's file, as `npm pack` has it. */
export function npmPackageName(version: string): string {
  return `${PRODUCT.name}-${npmVersion(version)}.tgz`;
}

/**
 * Packs the bundle in `dist/` for any Node.js that can run it. The package has no dependencies and no scripts: npm
 * runs nothing of it when it is installed. The same bundle gives the same file.
 *
 * @param output - the file to write
 * @throws BuildError for a version that npm does not have, SetupError when npm fails
 */
export async function buildNpmPackage(release: Release, output: string): Promise<void> {
  const manifest = npmManifest(release);
  const place = mkdtempSync(join(tmpdir(), 'npm-package-'));
  try {
    const program = join(place, 'program');
    await writeProgram(join(program, 'bin'));
    const tree = join(place, 'tree');
    writeInstalledTree(tree, {
      root: ROOT,
      program,
      system: 'posix',
      // A tenth of the package, which few read in node_modules. npm links no completions: `completion` prints them.
      hasGuides: false,
      sharedFiles: new Map([
        ...[...makeSharedFiles(BUILD_OUTPUTS.bundle)].filter(
          ([place]) => place === SHARED_FILES.manual,
        ),
        [BUILD_RECORD, buildRecord('npm', 'javascript', release.commit)],
        [MANIFEST, `${JSON.stringify(manifest, undefined, 2)}\n`],
      ]),
      thirdParty: thirdPartyText({ bundled: readBundledPackages() }),
      sourceDateEpoch: release.sourceDateEpoch,
    });
    renameSync(join(tree, BUILT_LAUNCHER), join(tree, LAUNCHER));
    // Relative paths, which need no quoting.
    npmOutput(['pack', '--silent', '--pack-destination=..', '--cache=../npm-cache'], tree);
    copyFileSync(join(place, npmPackageName(release.version)), output);
  } finally {
    rmSync(place, { recursive: true });
  }
}

/** The program and the files that it loads, all in one directory. */
async function writeProgram(directory: string): Promise<void> {
  mkdirSync(directory, { recursive: true });
  const { bundle } = BUILD_OUTPUTS;
  for (const file of readdirSync(bundle)) {
    if (extname(file) !== '.cjs' || NOT_PACKED.includes(file)) continue;
    cpSync(join(bundle, file), join(directory, file));
  }
  for (const [file, text] of await sharedFiles()) writeFileSync(join(directory, file), text);
  const program = readFileSync(join(bundle, `${PROGRAM.name}.cjs`), 'utf8');
  writeFileSync(join(directory, PRODUCT.name), `${INTERPRETER}${program}`, {
    mode: EXECUTABLE_MODE,
  });
}

/** What npm reads of a package (docs.npmjs.com, package.json). */
function npmManifest({ version, publisher }: Release): Readonly<Record<string, unknown>> {
  const { engines } = JSON.parse(readFileSync(join(ROOT, MANIFEST), 'utf8')) as {
    readonly engines: Readonly<Record<string, string>>;
  };
  return {
    name: PRODUCT.name,
    version: npmVersion(version),
    description: PRODUCT.summary,
    license: PRODUCT.license,
    author: publisher.maintainer,
    homepage: publisher.homepage,
    type: 'commonjs',
    bin: { [PRODUCT.name]: LAUNCHER },
    // npm ignores a text (npm 11, bin-links/lib/link-mans.js).
    man: [SHARED_FILES.manual],
    engines,
    // The whole tree, which contains nothing else.
    files: ['*'],
  };
}
