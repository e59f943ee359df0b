import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { INSTALL_DIRECTORY } from '../../../build/install-directory.ts';
import type { FileList } from '../support/file-list.ts';
import { DOCUMENTS } from '../support/small-tree.ts';
import type { SystemRoot } from '../support/system-root.ts';
import type { PackageFormat } from './package-format.ts';

/** Enables the service of AWS's package for systemd. */
export const WANTED = '/etc/systemd/system/multi-user.target.wants/session-manager-plugin.service';

/** Fails unless our small package of that version is installed, and nothing of AWS's is there. */
export function assertOnlyOurs(format: PackageFormat, root: SystemRoot, version: string): void {
  assertInstalled(format, root, version, version);
  for (const path of [...format.official.services, WANTED]) {
    assert.ok(!existsSync(root.path(path)), path);
  }
}

/** Fails unless AWS's package of that version is installed, and nothing replaces its files. */
export function assertOnlyOfficial(format: PackageFormat, root: SystemRoot, version: string): void {
  assertInstalled(format, root, version, `AWS's ${version}`);
}

/** What stays when AWS's package goes, among the changes since a list made before it came. */
export function leftByOfficial({ official }: PackageFormat, before: FileList): readonly string[] {
  return official.leaves.filter((path) => !before.has(path)).map((path) => `+ ${path}`);
}

/** @param mark - what the program prints and the first line of every document contains */
function assertInstalled(
  format: PackageFormat,
  root: SystemRoot,
  version: string,
  mark: string,
): void {
  assert.equal(format.installed(root), `${version}-1`);
  // What runs when a user types the program's name.
  assert.equal(root.run(['session-manager-plugin']).stdout, `${mark}\n`);
  for (const name of DOCUMENTS) {
    const file = root.path(`${INSTALL_DIRECTORY}/${name}`);
    const [firstLine] = readFileSync(file, 'utf8').split('\n');
    assert.equal(firstLine, `${name} of ${mark}`);
  }
}
