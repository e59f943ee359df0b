import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { runTool } from '../../../build/tool.ts';
import type { DebArchitecture } from '../../../packaging/deb/control.ts';
import { temporaryDirectory } from '../../support/temporary-directory.ts';
import {
  OFFICIAL_DIRECTORY,
  OFFICIAL_LINK,
  OFFICIAL_PROGRAM,
  OFFICIAL_STATE,
  writeOfficialTree,
} from '../linux/official-tree.ts';
import type { OfficialPackage } from '../linux/package-format.ts';
import { RPM_ARCHITECTURES } from './rpm-tool.ts';
import { RPMBUILD } from '../../support/tools.ts';

const SERVICES = [
  '/etc/init/session-manager-plugin.conf',
  '/etc/systemd/system/session-manager-plugin.service',
] as const;

/** AWS's package for the distributions of Red Hat and their like, on a system without systemd. */
export const OFFICIAL_RPM: OfficialPackage = {
  services: SERVICES,
  leaves: ['/etc/init', '/etc/systemd', '/etc/systemd/system', '/var/lib/amazon'],
  keptAs: '.rpmsave',
  build: buildOfficialRpm,
};

function buildOfficialRpm(
  t: TestContext,
  version: string,
  architecture: DebArchitecture = 'amd64',
): string {
  const work = temporaryDirectory(t);
  const stage = join(work, 'stage');
  writeOfficialTree(stage, version, SERVICES);
  const spec = join(work, 'official.spec');
  writeFileSync(
    spec,
    [
      '%global __os_install_post %{nil}',
      'Name: session-manager-plugin',
      `Version: ${version}`,
      'Release: 1',
      "Summary: Stands for AWS's package",
      'License: none',
      'AutoReqProv: no',
      '%description',
      "Stands for AWS's package.",
      '%install',
      `cp -a '${stage}'/* "$RPM_BUILD_ROOT"`,
      '%posttrans',
      `ln -s ${OFFICIAL_PROGRAM} ${OFFICIAL_LINK}`,
      '%postun',
      `rm ${OFFICIAL_LINK}`,
      '%files',
      OFFICIAL_DIRECTORY,
      OFFICIAL_STATE,
      ...SERVICES.map((path) => `%config(noreplace) ${path}`),
      '',
    ].join('\n'),
  );
  const defines = { _topdir: work, _tmppath: work, _rpmdir: work, _rpmfilename: 'official.rpm' };
  runTool(RPMBUILD, [
    ...['-bb', '--quiet', '--target', `${RPM_ARCHITECTURES[architecture]}-linux`],
    ...Object.entries(defines).flatMap(([name, value]) => ['--define', `${name} ${value}`]),
    spec,
  ]);
  return join(work, 'official.rpm');
}
