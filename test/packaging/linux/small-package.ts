import { join } from 'node:path';
import type { TestContext } from 'node:test';
import type { DebArchitecture } from '../../../packaging/deb/control.ts';
import { temporaryDirectory } from '../../support/temporary-directory.ts';
import { smallTree } from '../support/small-tree.ts';
import type { PackageFormat } from './package-format.ts';
import { smallRelease } from '../support/small-release.ts';

/** Our package with a script for a program. @returns the file */
export function buildSmallPackage(
  t: TestContext,
  format: PackageFormat,
  version: string,
  architecture: DebArchitecture = 'amd64',
): string {
  const output = join(temporaryDirectory(t), `ours-${version}.${format.name}`);
  format.build(smallRelease(version), { tree: smallTree(t, version), output }, architecture);
  return output;
}
