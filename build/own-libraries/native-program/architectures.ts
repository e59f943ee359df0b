import type { BinaryTarget } from '../../targets.ts';
import { LICENCES_PACKAGE, type OwnLibraries } from '../own-libraries.ts';

/** A processor for which native programs get their own libraries. */
export interface NativeArchitecture {
  readonly name: BinaryTarget['arch'];
  /** As LLVM and Debian's directories of libraries name it. */
  readonly triple: string;
  /** As ELF numbers it (`EM_X86_64`, `EM_AARCH64`). */
  readonly machine: number;
  readonly libraries: OwnLibraries;
}

/**
 * The stable suite of Debian. Its security updates come from the suite `trixie-security` (`build/debian/archive-files.ts`). glibc
 * 2.41 runs on Linux 3.2 and later (3.7 on ARM64), and resolves names without modules of the system.
 */
const SUITE = 'trixie';

/** Libraries that Node.js needs, with what these need; which of their files are shipped depends on Node.js. */
const PACKAGES = ['libstdc++6', 'libatomic1'] as const;

function libraries(architecture: string, triple: string, loader: string): OwnLibraries {
  return {
    packages: {
      name: `${SUITE}-libraries-${architecture}`,
      suite: SUITE,
      architecture,
      withDependencies: PACKAGES,
      alone: [LICENCES_PACKAGE],
    },
    libraryDirectory: `usr/lib/${triple}`,
    loader,
  };
}

export const NATIVE_ARCHITECTURES: Readonly<Record<BinaryTarget['arch'], NativeArchitecture>> = {
  x64: {
    name: 'x64',
    triple: 'x86_64-linux-gnu',
    machine: 62,
    libraries: libraries('amd64', 'x86_64-linux-gnu', 'ld-linux-x86-64.so.2'),
  },
  arm64: {
    name: 'arm64',
    triple: 'aarch64-linux-gnu',
    machine: 183,
    libraries: libraries('arm64', 'aarch64-linux-gnu', 'ld-linux-aarch64.so.1'),
  },
};
