import { PRODUCT } from '../product.ts';
import type { Release } from '../release.ts';

/** Architectures by their names in Debian. */
export type DebArchitecture = 'amd64' | 'i386' | 'arm64';

/**
 * What the pinned runtime needs: symbols up to GLIBC_2.28, CXXABI_1.3.11 (GCC 7) and GCC_4.2.0.
 * Every system with apt has these three, so `dpkg -i` finds them. libgcc1 is what libgcc-s1 was called
 * before Debian 11 and Ubuntu 20.04.
 */
const RUNTIME_LIBRARIES = 'libc6 (>= 2.28), libgcc-s1 | libgcc1, libstdc++6 (>= 7)';

/** The 32-bit tree brings every library it needs, its loader included. */
const DEPENDS: Readonly<Record<DebArchitecture, string | undefined>> = {
  amd64: RUNTIME_LIBRARIES,
  arm64: RUNTIME_LIBRARIES,
  i386: undefined,
};

/**
 * The control file of a package (Debian Policy 5.3).
 *
 * @param installedKibibytes - disk space of everything installed, in KiB
 */
export function controlFile(
  release: Release,
  architecture: DebArchitecture,
  installedKibibytes: number,
): string {
  const depends = DEPENDS[architecture];
  return [
    `Package: ${PRODUCT.name}`,
    `Version: ${release.version}-${PRODUCT.revision}`,
    `Architecture: ${architecture}`,
    `Maintainer: ${release.publisher.maintainer}`,
    `Installed-Size: ${installedKibibytes}`,
    ...(depends === undefined ? [] : [`Depends: ${depends}`]),
    'Section: net',
    'Priority: optional',
    `Homepage: ${release.publisher.homepage}`,
    `Description: ${PRODUCT.summary}`,
    ...PRODUCT.description.map((line) => ` ${line}`),
    '',
  ].join('\n');
}
