import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import type { TargetName } from '../../../build/targets.ts';
import { OUTPUTS } from '../../../packaging/release-settings.ts';
import { readLeftOut } from '../../../packaging/run-targets.ts';
import { groupsOf } from '../../../packaging/verify/verified-groups.ts';
import { firstLine, requireNothing } from '../../support/require-tools.ts';
import { requireInputsChanged } from './inputs-changed.ts';

// It imports nothing that makes packages: what a test imports is an input of its group (packaging/verify/).

const LATEST = join(OUTPUTS.plugin, 'latest');

/**
 * Whether the programs and packages of these targets were made. Where they were left out the test is
 * skipped, with the reason why they were, but fails in continuous integration. It is skipped there, too, where a
 * quick build leaves a target out because its inputs are verified.
 */
export function requireTargets(t: TestContext, ...targets: readonly TargetName[]): boolean {
  for (const target of targets) {
    const [group, ...others] = groupsOf(target);
    if (group !== undefined && !requireInputsChanged(t, group, ...others)) return false;
  }
  const leftOut = readLeftOut();
  const obstacles = targets.flatMap((target) => {
    const reason = leftOut[target];
    return reason === undefined ? [] : [`${target} was left out: ${firstLine(reason)}`];
  });
  return requireNothing(t, obstacles.length === 0 ? undefined : obstacles.join('; '));
}

/**
 * A package as it is published.
 *
 * @param name - below `plugin/latest/`: `ubuntu_64bit/session-manager-plugin.deb`
 * @throws Error with what to do when the packages are not built
 */
export function packagePath(name: string): string {
  const path = join(LATEST, name);
  if (!existsSync(path)) {
    throw new Error(`${path} is missing: run "npm run package" first, as "npm test" does`);
  }
  return path;
}
