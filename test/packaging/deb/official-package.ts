import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { TestContext } from 'node:test';
import { runTool } from '../../../build/tool.ts';
import type { DebArchitecture } from '../../../packaging/deb/control.ts';
import { DOCUMENTS, workDirectory } from '../support/small-tree.ts';
import { DPKG_DEB } from './dpkg.ts';

/** The configuration of services in AWS's package. */
export const OFFICIAL_SERVICES = [
  '/etc/init/session-manager-plugin.conf',
  '/lib/systemd/system/session-manager-plugin.service',
] as const;

/** Files that are nowhere but in AWS's package. */
const OFFICIAL_FILES = [
  ...OFFICIAL_SERVICES,
  '/usr/share/doc/sessionmanagerplugin/changelog.gz',
  '/usr/share/lintian/overrides/sessionmanagerplugin',
] as const;

const INSTALLED = '/usr/local/sessionmanagerplugin';
const PROGRAM = `${INSTALLED}/bin/session-manager-plugin`;
const LINK = '/usr/local/bin/session-manager-plugin';

/** `seelog.xml` is in the list, but not in the package. */
const CONFFILES = [
  ...OFFICIAL_SERVICES,
  ...['seelog.xml', ...DOCUMENTS.filter((name) => name !== 'seelog.xml.template')].map(
    (name) => `${INSTALLED}/${name}`,
  ),
];

/** What its scripts do where systemd does not run; they begin with no `#!` line. */
const SCRIPTS = {
  postinst: `if [ -f ${LINK} ]; then rm ${LINK}; fi\nln -s ${PROGRAM} ${LINK}\n`,
  postrm: `if [ -f ${LINK} ]; then\n  rm ${LINK}\nfi\n`,
} as const;

const EXECUTABLE_MODE = 0o755;

/** A package with the files, configuration files and scripts of AWS's own. */
export function buildOfficialDeb(
  t: TestContext,
  version: string,
  architecture: DebArchitecture = 'amd64',
): string {
  const root = join(workDirectory(t), 'root');
  const write = (path: string, text: string, mode?: number): void => {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text, { mode });
  };
  for (const path of OFFICIAL_FILES) write(path, `${path} of AWS's ${version}\n`);
  for (const name of DOCUMENTS) write(join(INSTALLED, name), `${name} of AWS's ${version}\n`);
  write(PROGRAM, `#!/bin/sh\necho AWS\\'s ${version}\n`, EXECUTABLE_MODE);
  mkdirSync(join(root, 'var/lib/amazon/sessionmanagerplugin'), { recursive: true });
  write(
    'DEBIAN/control',
    [
      'Package: session-manager-plugin',
      `Version: ${version}-1`,
      `Architecture: ${architecture}`,
      'Maintainer: nobody <nobody@example.com>',
      'Description: stands for the package of AWS\n',
    ].join('\n'),
  );
  write('DEBIAN/conffiles', CONFFILES.map((path) => `${path}\n`).join(''));
  for (const [name, text] of Object.entries(SCRIPTS)) {
    write(join('DEBIAN', name), text, EXECUTABLE_MODE);
  }
  const output = join(dirname(root), `official-${version}.deb`);
  // Without checks: a configuration file that is not in the package would stop the build.
  runTool(DPKG_DEB, ['--root-owner-group', '-Zgzip', '--nocheck', '--build', root, output]);
  return output;
}
