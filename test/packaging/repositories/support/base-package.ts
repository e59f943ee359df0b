import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { runTool } from '../../../../build/tool.ts';
import { temporaryDirectory } from '../../../support/temporary-directory.ts';
import { RPMBUILD } from '../../../support/tools.ts';

/** What packages of the base of Red Hat Enterprise Linux 8 provide: bash, glibc 2.28, and the libraries of GCC 8. */
const PROVIDED = [
  '/bin/sh',
  'libc.so.6(GLIBC_2.28)(64bit)',
  'libgcc_s.so.1(GCC_4.2.0)(64bit)',
  'libstdc++.so.6(CXXABI_1.3.9)(64bit)',
  'libstdc++.so.6(CXXABI_1.3.11)(64bit)',
  'libstdc++.so.6(GLIBCXX_3.4.21)(64bit)',
];

/** A package that stands for the base of a distribution; its files are in the system already. @returns the file */
export function buildBasePackage(t: TestContext): string {
  const work = temporaryDirectory(t);
  const spec = join(work, 'base.spec');
  const lines = [
    ...['Name: base', 'Version: 8', 'Release: 1', 'Summary: Stands for a distribution'],
    ...['License: none', 'BuildArch: x86_64', 'AutoReqProv: no'],
    ...PROVIDED.map((name) => `Provides: ${name}`),
    ...['%description', 'Stands for a distribution.', '%files', ''],
  ];
  writeFileSync(spec, lines.join('\n'));
  const define = (name: string, value: string): readonly string[] => [
    '--define',
    `${name} ${value}`,
  ];
  runTool(RPMBUILD, [
    ...['-bb', '--quiet', '--target', 'x86_64-linux', ...define('_topdir', work)],
    ...define('_rpmdir', work),
    ...define('_rpmfilename', 'base.rpm'),
    spec,
  ]);
  return join(work, 'base.rpm');
}
