import { buildRpm } from '../../../packaging/rpm/rpm.ts';
import type { PackageFormat } from '../linux/package-format.ts';
import type { CommandResult, SystemRoot } from '../support/system-root.ts';
import { OFFICIAL_RPM } from './official-package.ts';
import { rpm, RPM_ARCHITECTURES, tryRpm } from './rpm-tool.ts';
import { ARCH_TEST, MMDEBSTRAP, RPM, RPMBUILD } from '../../support/tools.ts';

const NAME = 'session-manager-plugin';

/**
 * The libraries of the system are in no database of rpm, and this machine may have another
 * architecture: neither is asked for.
 */
const ANYWHERE = ['--nodeps', '--ignorearch'] as const;

/** Packages of Red Hat and their like, in the hands of rpm. */
export const RPM_FORMAT: PackageFormat = {
  name: 'rpm',
  makingTools: [RPM, RPMBUILD],
  installingTools: [MMDEBSTRAP, ARCH_TEST, RPM, RPMBUILD],
  published: [
    { architecture: 'amd64', file: `linux_64bit/${NAME}.rpm` },
    { architecture: 'i386', file: `linux_32bit/${NAME}.rpm` },
    { architecture: 'arm64', file: `linux_arm64/${NAME}.rpm` },
  ],
  official: OFFICIAL_RPM,
  build: (release, request, architecture) =>
    buildRpm(release, { ...request, architecture: RPM_ARCHITECTURES[architecture] }),
  // As yum does it.
  install: (root, file) => rpm(root, '--upgrade', '--oldpackage', ...ANYWHERE, file),
  reinstall: (root, file) => rpm(root, '--reinstall', ...ANYWHERE, file),
  remove,
  purge: (root) => {
    if (installed(root) !== '') remove(root);
  },
  installed,
  files: (root) => rpm(root, '--query', '--list', NAME).stdout,
  verify: (root) => rpm(root, '--verify', '--nodeps', NAME).stdout,
  problems: ({ stderr }) => stderr,
};

function remove(root: SystemRoot): CommandResult {
  return rpm(root, '--erase', '--nodeps', NAME);
}

function installed(root: SystemRoot): string {
  const format = '%{VERSION}-%{RELEASE}\\n';
  const { status, stdout } = tryRpm(root, '--query', '--queryformat', format, NAME);
  return status === 0 ? stdout.trim() : '';
}
