import assert from 'node:assert/strict';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import type { Tool } from '../../../build/tool.ts';
import type { DebArchitecture } from '../../../packaging/deb/control.ts';
import { buildDeb } from '../../../packaging/deb/deb.ts';
import { ARCH_TEST } from '../support/emulation.ts';
import { MMDEBSTRAP } from '../support/pristine-root.ts';
import { smallTree, workDirectory } from '../support/small-tree.ts';
import type { CommandResult, SystemRoot } from '../support/system-root.ts';

export const DPKG_DEB: Tool = { program: 'dpkg-deb', debianPackage: 'dpkg' };

/** What it takes to install a package of Debian into a system of its own. */
export const INSTALL_TOOLS = [MMDEBSTRAP, ARCH_TEST, DPKG_DEB] as const;

/** Any time. */
const EPOCH = 1_700_000_000;

/** Runs dpkg in that system as a user types it, but without a terminal; fails unless it succeeds. */
export function dpkg(root: SystemRoot, ...args: readonly string[]): CommandResult {
  const result = root.run(['dpkg', ...args]);
  assert.equal(result.status, 0, `dpkg ${args.join(' ')}: ${result.stdout}${result.stderr}`);
  return result;
}

/** Installs a package that lies in this system. */
export function install(root: SystemRoot, file: string): CommandResult {
  return dpkg(root, '-i', root.bring(file));
}

/** What dpkg knows about the package: `ii 1.3.0.0-1` when it is installed and in order. */
export function packageState(root: SystemRoot): string {
  const { stdout } = root.run([
    ...['dpkg-query', '--show', '--showformat=${db:Status-Abbrev}${Version}'],
    'session-manager-plugin',
  ]);
  return stdout.trim();
}

/** Our package with a script for a program. */
export function buildSmallDeb(
  t: TestContext,
  version: string,
  architecture: DebArchitecture = 'amd64',
): string {
  const output = join(workDirectory(t), `ours-${version}.deb`);
  buildDeb(
    { version, sourceDateEpoch: EPOCH, compression: 'fast' },
    { tree: smallTree(t, version), output, architecture },
  );
  return output;
}
