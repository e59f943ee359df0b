import assert from 'node:assert/strict';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import type { Tool } from '../../../build/tool.ts';
import { buildRpm } from '../../../packaging/rpm/rpm.ts';
import type { RpmArchitecture } from '../../../packaging/rpm/spec.ts';
import { ARCH_TEST } from '../support/emulation.ts';
import { MMDEBSTRAP } from '../support/pristine-root.ts';
import { smallTree, workDirectory } from '../support/small-tree.ts';
import type { CommandResult, SystemRoot } from '../support/system-root.ts';

export const RPM: Tool = { program: 'rpm', debianPackage: 'rpm' };
export const RPMBUILD: Tool = { program: 'rpmbuild', debianPackage: 'rpm' };

/** What it takes to install an rpm package into a system of its own. */
export const INSTALL_TOOLS = [MMDEBSTRAP, ARCH_TEST, RPM, RPMBUILD] as const;

/** Any time. */
const EPOCH = 1_700_000_000;

const NAME = 'session-manager-plugin';

/** Runs rpm on that system, with a database in it. Its scripts run in it, too. */
export function tryRpm(root: SystemRoot, ...args: readonly string[]): CommandResult {
  return root.runOutside([
    // Debian's rpm warns of itself unless it is told that this is meant.
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

/**
 * Installs, upgrades or downgrades to a package, as yum does. The libraries of that system are in no
 * database of rpm, and this machine may have another architecture: neither is asked for.
 */
export function install(root: SystemRoot, file: string): CommandResult {
  return rpm(root, '--upgrade', '--oldpackage', '--nodeps', '--ignorearch', file);
}

export function erase(root: SystemRoot): CommandResult {
  return rpm(root, '--erase', '--nodeps', NAME);
}

/** What is installed, one version a line. */
export function installedVersions(root: SystemRoot): string {
  return tryRpm(root, '--query', '--queryformat', '%{VERSION}-%{RELEASE}\\n', NAME).stdout;
}

/** Our package with a script for a program. */
export function buildSmallRpm(
  t: TestContext,
  version: string,
  architecture: RpmArchitecture = 'x86_64',
): string {
  const output = join(workDirectory(t), `ours-${version}.rpm`);
  buildRpm(
    { version, sourceDateEpoch: EPOCH, compression: 'fast' },
    { tree: smallTree(t, version), output, architecture },
  );
  return output;
}
