import { readFileSync, readdirSync } from 'node:fs';
import { join, relative } from 'node:path';
import type { Metafile } from 'esbuild';
import { BuildError } from '../runtime/build-error.mjs';
import { sha256OfFile } from '../runtime/sha256-of-file.mjs';

/** A package of npm whose code is part of the bundle. */
export interface BundledPackage {
  readonly name: string;
  readonly version: string;
  /** SPDX expression. */
  readonly licence: string;
  /** Texts of its licence files; empty when it ships none. */
  readonly licenceText: string;
  /** The digest in package-lock.json, such as `sha512-<base64>`. */
  readonly integrity: string;
}

/** The same, and what the build has read of it. */
export interface BundledContent extends BundledPackage {
  /** SHA-256 in hexadecimal of each file, by its path in the package: sources, manifest and licences. */
  readonly files: Readonly<Record<string, string>>;
}

/** Where the package of a bundled file is installed. */
const PACKAGE_DIRECTORY = /^(?:.*\/)?node_modules\/(?:@[^/]+\/)?[^/]+/;
const LICENCE_FILE = /^(licen[cs]e|notice|copying)(\.(md|txt))?$/i;

interface Manifest {
  readonly name: string;
  readonly version: string;
  readonly license?: string;
}

/**
 * The packages whose code is part of a bundle, sorted by name and version.
 *
 * @param root - the directory that the paths in the metafiles start from, with the lock file
 * @throws BuildError when a package names no licence, or the lock file does not list it
 */
export function bundledPackages(
  root: string,
  metafiles: readonly Metafile[],
): readonly BundledContent[] {
  const { packages: locked } = JSON.parse(
    readFileSync(join(root, 'package-lock.json'), 'utf8'),
  ) as { readonly packages: Readonly<Record<string, { readonly integrity?: string }>> };
  const inputs = new Set(metafiles.flatMap((metafile) => Object.keys(metafile.inputs)));
  const sources = new Map<string, string[]>();
  for (const input of inputs) {
    const directory = PACKAGE_DIRECTORY.exec(input)?.[0];
    if (directory === undefined) continue;
    sources.set(directory, [...(sources.get(directory) ?? []), relative(directory, input)]);
  }
  return [...sources].sort().map(([directory, read]) => {
    const place = join(root, directory);
    const { name, version, license } = JSON.parse(
      readFileSync(join(place, 'package.json'), 'utf8'),
    ) as Manifest;
    const integrity = locked[directory]?.integrity;
    if (license === undefined) throw new BuildError(`${name} ${version} names no licence`);
    if (integrity === undefined)
      throw new BuildError(`package-lock.json does not know ${directory}`);
    const licences = readdirSync(place)
      .filter((file) => LICENCE_FILE.test(file))
      .sort();
    const licenceText = licences
      .map((file) => readFileSync(join(place, file), 'utf8').trim())
      .join('\n\n');
    const files = digestsOf(place, ['package.json', ...licences, ...read]);
    return { name, version, licence: license, licenceText, integrity, files };
  });
}

function digestsOf(directory: string, files: readonly string[]): BundledContent['files'] {
  const digests = [...new Set(files)]
    .sort()
    .map((file) => [file, sha256OfFile(join(directory, file))]);
  return Object.fromEntries(digests) as BundledContent['files'];
}
