import { buildDeb } from '../../../packaging/deb/deb.ts';
import type { PackageFormat } from '../linux/package-format.ts';
import type { CommandResult, SystemRoot } from '../support/system-root.ts';
import { dpkg, DPKG_DEB, packageState } from './dpkg.ts';
import { OFFICIAL_DEB } from './official-package.ts';
import { ARCH_TEST, MMDEBSTRAP } from '../../support/tools.ts';

const NAME = 'session-manager-plugin';

/** dpkg's own state of an installed package (dpkg-query(1)). */
const IN_ORDER = /^ii /;

/** Warnings about an older version after a newer one, and about directories that other packages use. */
const REPORTS = /^dpkg: warning: (downgrading|unable to delete old directory) .*\n/gm;

/** Packages of Debian, in the hands of dpkg. */
export const DEB_FORMAT: PackageFormat = {
  name: 'deb',
  makingTools: [DPKG_DEB],
  installingTools: [MMDEBSTRAP, ARCH_TEST, DPKG_DEB],
  published: [
    { architecture: 'amd64', file: `ubuntu_64bit/${NAME}.deb` },
    { architecture: 'i386', file: `ubuntu_32bit/${NAME}.deb` },
    { architecture: 'arm64', file: `ubuntu_arm64/${NAME}.deb` },
  ],
  official: OFFICIAL_DEB,
  build: (release, request, architecture) => buildDeb(release, { ...request, architecture }),
  install,
  reinstall: install,
  remove: (root) => dpkg(root, '-r', NAME),
  purge: (root) => void dpkg(root, '-P', NAME),
  installed: (root) => packageState(root).replace(IN_ORDER, ''),
  files: (root) => dpkg(root, '--listfiles', NAME).stdout,
  verify: (root) => dpkg(root, '--verify', NAME).stdout,
  problems: ({ stderr }) => stderr.replace(REPORTS, ''),
};

function install(root: SystemRoot, file: string): CommandResult {
  return dpkg(root, '-i', root.bring(file));
}
