import { copyFileSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { packageSource } from '../../../../build/debian/package-source.ts';
import { SUITE } from '../../../../build/own-libraries/debian-node/debian-suite.ts';
import { findFile } from '../../../../build/own-libraries/shared-libraries.ts';
import { unpackPackages } from '../../../../build/debian/unpack-packages.ts';

/**
 * Copies one file of a package of the suite that the product's Node.js is of.
 *
 * @param architecture - as apt names it
 * @param path - inside the package, without a leading slash
 * @param output - the file to be written
 */
export async function takeFromPackage(
  name: string,
  architecture: string,
  path: string,
  output: string,
): Promise<void> {
  const work = mkdtempSync(join(tmpdir(), 'package-'));
  try {
    const packages = await unpackPackages({
      choice: {
        name: `${name}-${architecture}`,
        suite: SUITE,
        architecture,
        withDependencies: [],
        alone: [name],
      },
      source: packageSource('development', ''),
      directory: work,
    });
    const file = findFile(path, packages);
    copyFileSync(join(file.package.directory, file.path), output);
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}
