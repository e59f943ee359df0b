import { chmodSync, copyFileSync, mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { SHARED_FILES } from '../../../../packaging/system/shared-files.ts';

/** Replaces the program where it has to run on the machine of the test. */
const SCRIPT = '#!/bin/sh\necho The Session Manager plugin was installed successfully.\n';

const TEMPLATE = join(import.meta.dirname, '../../../../packaging/posix/seelog.xml.template');

/** The parts of the manual page and the completion scripts by which installers recognize them. */
const MANUAL = String.raw`.TH SESSION\-MANAGER\-PLUGIN 1`;
const COMPLETION = 'session-manager-plugin __complete';

/** Makes a small tree as it is installed, with the modes of an umask of 077. */
export function makeInstalledTree(
  directory: string,
  options: { readonly version?: string; readonly program?: Buffer } = {},
): string {
  const { version = '1.2.3.4', program = Buffer.from(SCRIPT) } = options;
  mkdirSync(join(directory, 'bin'), { recursive: true, mode: 0o700 });
  const file = join(directory, 'bin', 'session-manager-plugin');
  writeFileSync(file, program);
  chmodSync(file, 0o700);
  writeFileSync(join(directory, 'VERSION'), `${version}\n`);
  for (const name of ['LICENSE', 'NOTICE', 'README.md', 'RELEASENOTES.md', 'THIRD-PARTY']) {
    writeFileSync(join(directory, name), `This is ${name}.\n`, { mode: 0o600 });
  }
  for (const place of Object.values(SHARED_FILES)) {
    const own = place === SHARED_FILES.manual ? MANUAL : COMPLETION;
    mkdirSync(dirname(join(directory, place)), { recursive: true, mode: 0o700 });
    writeFileSync(join(directory, place), `${own} ${place} ${version}\n`, { mode: 0o600 });
  }
  copyFileSync(TEMPLATE, join(directory, 'seelog.xml.template'));
  return directory;
}
