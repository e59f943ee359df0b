import { BuildError } from '../../build/runtime/build-error.mjs';

/**
 * The version of the npm package: the first three numbers of the product's version.
 *
 * Versions of npm have three numbers (semver.org, 2). A fourth cannot be written otherwise: npm ignores build
 * metadata (`1.3.0+1`) when it compares versions, so it would refuse the second one, and sorts a pre-release
 * (`1.3.0-1`) before the release. So the fourth number of a version with an npm package is 0.
 *
 * @param version - four dotted numbers
 * @throws BuildError when the fourth is not 0
 */
export function npmVersion(version: string): string {
  const numbers = version.split('.');
  if (numbers.length !== 4 || numbers[3] !== '0') {
    throw new BuildError(
      `VERSION is ${version}, and versions of npm have three numbers: raise the third, and set the fourth to 0`,
    );
  }
  return numbers.slice(0, 3).join('.');
}
