import { dirname, join } from 'node:path';
import type { TestContext } from 'node:test';
import { runTool } from '../../../build/tool.ts';
import type { DebArchitecture } from '../../../packaging/deb/control.ts';
import { temporaryDirectory } from '../../support/temporary-directory.ts';
import {
  EXECUTABLE_MODE,
  OFFICIAL_DIRECTORY,
  OFFICIAL_LINK,
  OFFICIAL_PROGRAM,
  placeFile,
  writeOfficialTree,
} from '../linux/official-tree.ts';
import type { OfficialPackage } from '../linux/package-format.ts';
import { DOCUMENTS } from '../support/small-tree.ts';
import { DPKG_DEB } from './dpkg.ts';

const SERVICES = [
  '/etc/init/session-manager-plugin.conf',
  '/lib/systemd/system/session-manager-plugin.service',
] as const;

/** Files that are nowhere but in AWS's package. */
const OFFICIAL_FILES = [
  ...SERVICES,
  '/usr/share/doc/sessionmanagerplugin/changelog.gz',
  '/usr/share/lintian/overrides/sessionmanagerplugin',
] as const;

/** `seelog.xml` is in the list, but not in the package. */
const CONFFILES = [
  ...SERVICES,
  ...['seelog.xml', ...DOCUMENTS.filter((name) => name !== 'seelog.xml.template')].map(
    (name) => `${OFFICIAL_DIRECTORY}/${name}`,
  ),
];

/** What its scripts do where systemd does not run; they begin with no `#!` line. */
const SCRIPTS = {
  postinst: [
    `if [ -f ${OFFICIAL_LINK} ]; then rm ${OFFICIAL_LINK}; fi`,
    `ln -s ${OFFICIAL_PROGRAM} ${OFFICIAL_LINK}\n`,
  ].join('\n'),
  postrm: `if [ -f ${OFFICIAL_LINK} ]; then\n  rm ${OFFICIAL_LINK}\nfi\n`,
} as const;

/** AWS's package for Debian. */
export const OFFICIAL_DEB: OfficialPackage = {
  services: SERVICES,
  leaves: [],
  keptAs: '.dpkg-bak',
  build: buildOfficialDeb,
};

function buildOfficialDeb(
  t: TestContext,
  version: string,
  architecture: DebArchitecture = 'amd64',
): string {
  const root = join(temporaryDirectory(t), 'root');
  writeOfficialTree(root, version, OFFICIAL_FILES);
  placeFile(
    root,
    'DEBIAN/control',
    [
      'Package: session-manager-plugin',
      `Version: ${version}-1`,
      `Architecture: ${architecture}`,
      'Maintainer: nobody <nobody@example.com>',
      'Description: stands for the package of AWS\n',
    ].join('\n'),
  );
  placeFile(root, 'DEBIAN/conffiles', CONFFILES.map((path) => `${path}\n`).join(''));
  for (const [name, text] of Object.entries(SCRIPTS)) {
    placeFile(root, join('DEBIAN', name), text, EXECUTABLE_MODE);
  }
  const output = join(dirname(root), `official-${version}.deb`);
  // Without checks: a configuration file that is not in the package would stop the build.
  runTool(DPKG_DEB, ['--root-owner-group', '-Zgzip', '--nocheck', '--build', root, output]);
  return output;
}
