import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { TestContext } from 'node:test';
import { runTool } from '../../../build/tool.ts';
import type { RpmArchitecture } from '../../../packaging/rpm/spec.ts';
import { DOCUMENTS, workDirectory } from '../support/small-tree.ts';
import { RPMBUILD } from './rpm-tool.ts';

/** The configuration of services in AWS's package. */
export const OFFICIAL_SERVICES = [
  '/etc/init/session-manager-plugin.conf',
  '/etc/systemd/system/session-manager-plugin.service',
] as const;

const INSTALLED = '/usr/local/sessionmanagerplugin';
const PROGRAM = `${INSTALLED}/bin/session-manager-plugin`;
const LINK = '/usr/local/bin/session-manager-plugin';
const STATE = '/var/lib/amazon/sessionmanagerplugin';
const EXECUTABLE_MODE = 0o755;

/** A package with the files, configuration files and scripts of AWS's own, for a system without systemd. */
export function buildOfficialRpm(
  t: TestContext,
  version: string,
  architecture: RpmArchitecture = 'x86_64',
): string {
  const work = workDirectory(t);
  const stage = join(work, 'stage');
  const write = (path: string, text: string, mode?: number): void => {
    mkdirSync(dirname(join(stage, path)), { recursive: true });
    writeFileSync(join(stage, path), text, { mode });
  };
  for (const path of OFFICIAL_SERVICES) write(path, `${path} of AWS's ${version}\n`);
  for (const name of DOCUMENTS) write(join(INSTALLED, name), `${name} of AWS's ${version}\n`);
  write(PROGRAM, `#!/bin/sh\necho AWS\\'s ${version}\n`, EXECUTABLE_MODE);
  mkdirSync(join(stage, STATE), { recursive: true });
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
      `ln -s ${PROGRAM} ${LINK}`,
      '%postun',
      `rm ${LINK}`,
      '%files',
      INSTALLED,
      STATE,
      ...OFFICIAL_SERVICES.map((path) => `%config(noreplace) ${path}`),
      '',
    ].join('\n'),
  );
  const defines = { _topdir: work, _tmppath: work, _rpmdir: work, _rpmfilename: 'official.rpm' };
  runTool(RPMBUILD, [
    ...['-bb', '--quiet', '--target', `${architecture}-linux`],
    ...Object.entries(defines).flatMap(([name, value]) => ['--define', `${name} ${value}`]),
    spec,
  ]);
  return join(work, 'official.rpm');
}
