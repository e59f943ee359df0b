import { BuildError } from '../../../build/runtime/build-error.mjs';

/** The names that Homebrew has for releases of macOS, by their major versions (its class MacOSVersion). */
const NAMES: Readonly<Record<string, string>> = {
  11: 'big_sur',
  12: 'monterey',
  13: 'ventura',
  14: 'sonoma',
  15: 'sequoia',
  26: 'tahoe',
};

/**
 * The stanza for the macOS that is needed at least. Homebrew compares only major versions: the installer of macOS refuses
 * the package on an earlier minor version.
 *
 * @param version - such as `13.5`
 * @throws BuildError for a version that has no name here
 */
export function dependsOnMacos(version: string): string {
  const name = NAMES[version.split('.', 1).join('')];
  if (name === undefined) {
    throw new BuildError(
      `The programs need macOS ${version}. Add the name that Homebrew has for it to packaging/manifests/homebrew/macos-release.ts.`,
    );
  }
  return `depends_on macos: :${name}`;
}
