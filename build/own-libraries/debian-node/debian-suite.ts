import { ToolError } from '../../tool.ts';
import { LICENCES_PACKAGE, type OwnLibraries } from '../own-libraries.ts';

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

/** The package of Node.js; its dependencies come with it. */
export const NODE_PACKAGE = 'nodejs';

/** The oldest Node.js that runs the bundle (package.json, `engines`): major and minor. */
export const OLDEST_NODE = { major: 20, minor: 19 } as const;

/** Node.js for 32-bit x86 with everything it needs. */
export const LIBRARIES_FOR_X86: OwnLibraries = {
  packages: {
    name: `${SUITE}-${ARCHITECTURE}`,
    suite: SUITE,
    architecture: ARCHITECTURE,
    withDependencies: [NODE_PACKAGE],
    alone: [LICENCES_PACKAGE],
  },
  libraryDirectory: 'usr/lib/i386-linux-gnu',
  loader: 'ld-linux.so.2',
};

/**
 * The version of Node.js in a version of Debian's package, such as `24.21.0+dfsg+~cs24.13.4-1`.
 *
 * @throws ToolError when it is too old for the program
 */
export function nodeVersionOf(packageVersion: string): string {
  const [version = '', major = '', minor = ''] = /^(\d+)\.(\d+)\.\d+/.exec(packageVersion) ?? [];
  const isOld =
    Number(major) < OLDEST_NODE.major ||
    (Number(major) === OLDEST_NODE.major && Number(minor) < OLDEST_NODE.minor);
  if (version === '' || isOld) {
    throw new ToolError(
      `nodejs ${packageVersion} of ${SUITE} is older than ${OLDEST_NODE.major}.${OLDEST_NODE.minor}, which the program needs`,
    );
  }
  return version;
}
