import assert from 'node:assert/strict';
import type { Tool } from '../../../build/tool.ts';
import type { CommandResult, SystemRoot } from '../support/system-root.ts';

export const DPKG_DEB: Tool = { program: 'dpkg-deb', debianPackage: 'dpkg' };

/** Runs dpkg in that system as a user types it, but without a terminal; fails unless it succeeds. */
export function dpkg(root: SystemRoot, ...args: readonly string[]): CommandResult {
  const result = root.run(['dpkg', ...args]);
  assert.equal(result.status, 0, `dpkg ${args.join(' ')}: ${result.stdout}${result.stderr}`);
  return result;
}

/** What dpkg knows about the package: `ii 1.3.0.0-1` when it is installed and in order. */
export function packageState(root: SystemRoot): string {
  const { stdout } = root.run([
    ...['dpkg-query', '--show', '--showformat=${db:Status-Abbrev}${Version}'],
    'session-manager-plugin',
  ]);
  return stdout.trim();
}
