import assert from 'node:assert/strict';
import type { DebArchitecture } from '../../../packaging/deb/control.ts';
import type { RpmArchitecture } from '../../../packaging/rpm/spec.ts';
import type { CommandResult, SystemRoot } from '../support/system-root.ts';

/** rpm's names of the architectures of systems. */
export const RPM_ARCHITECTURES: Readonly<Record<DebArchitecture, RpmArchitecture>> = {
  amd64: 'x86_64',
  i386: 'i386',
  arm64: 'aarch64',
};

/** Runs rpm on that system, with a database in it. Its scripts run in it, too. */
export function tryRpm(root: SystemRoot, ...args: readonly string[]): CommandResult {
  return root.runOutside([
    // Debian's rpm warns about itself unless this option is set.
    ...['rpm', '--force-debian', '--root', root.directory, '--dbpath', '/var/lib/rpm'],
    ...args,
  ]);
}

/** The same, and fails unless it succeeds. */
export function rpm(root: SystemRoot, ...args: readonly string[]): CommandResult {
  const result = tryRpm(root, ...args);
  assert.equal(result.status, 0, `rpm ${args.join(' ')}: ${result.stdout}${result.stderr}`);
  return result;
}
