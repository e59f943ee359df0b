import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Metafile } from 'esbuild';
import { BuildError } from '../runtime/build-error.mjs';

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
): readonly BundledPackage[] {
  const { packages: locked } = JSON.parse(
    readFileSync(join(root, 'package-lock.json'), 'utf8'),
  ) as { readonly packages: Readonly<Record<string, { readonly integrity?: string }>> };
  const directories = new Set(
    metafiles
      .flatMap((metafile) => Object.keys(metafile.inputs))
      .map((input) => /^(?:.*\/)?node_modules\/(?:@[^/]+\/)?[^/]+/.exec(input)?.[0])
      .filter((directory) => directory !== undefined),
  );
  return [...directories].sort().map((directory) => {
    const place = join(root, directory);
    const { name, version, license } = JSON.parse(
      readFileSync(join(place, 'package.json'), 'utf8'),
    ) as Manifest;
    const integrity = locked[directory]?.integrity;
    if (license === undefined) throw new BuildError(`${name} ${version} names no licence`);
    if (integrity === undefined)
      throw new BuildError(`package-lock.json does not know ${directory}`);
    return { name, version, licence: license, licenceText: licenceText(place), integrity };
  });
}

function licenceText(directory: string): string {
  return readdirSync(directory)
    .filter((file) => LICENCE_FILE.test(file))
    .sort()
    .map((file) => readFileSync(join(directory, file), 'utf8').trim())
    .join('\n\n');
}
