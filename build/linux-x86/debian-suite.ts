import type { PackageChoice } from '../debian/package-source.ts';

/**
 * The suite of Debian whose i386 `nodejs` is shipped: the only maintained build of Node.js for 32-bit
 * x86 on Linux.
 *
 * It has Node.js 24, a line with long-term support. Stable (trixie) has 20, whose maintenance upstream
 * has ended and about which the AWS SDK warns; oldstable has 18, which is too old. With the data of ICU
 * reduced (`build/icu/`; 33 MB to 6) the program takes 102 MB installed, of 112 that it may take, and
 * 26 MB packed with xz, of 40.
 *
 * Named by its code name: a new release of Debian must not bring another Node.js unnoticed.
 */
export const SUITE = 'forky';

/** What apt calls 32-bit x86. */
const ARCHITECTURE = 'i386';

/** The directory of libraries in packages of this architecture (Debian's multiarch). */
export const LIBRARY_DIRECTORY = 'usr/lib/i386-linux-gnu';

/** The package of Node.js; its dependencies come with it. */
export const NODE_PACKAGE = 'nodejs';

/** The package with the texts of licences that the copyright files of other packages only name. */
export const LICENCES_PACKAGE = 'base-files';

/** The oldest Node.js that runs the bundle (package.json, `engines`): major and minor. */
export const OLDEST_NODE = { major: 20, minor: 19 } as const;

/** Node.js for 32-bit x86 with everything it needs, and the texts of licences. */
export const NODE_FOR_X86: PackageChoice = {
  name: `${SUITE}-${ARCHITECTURE}`,
  suite: SUITE,
  architecture: ARCHITECTURE,
  withDependencies: [NODE_PACKAGE],
  alone: [LICENCES_PACKAGE],
};
