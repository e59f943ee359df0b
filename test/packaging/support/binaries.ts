import { existsSync } from 'node:fs';
import type { TestContext } from 'node:test';
import { binaryPath } from '../../../build/program.ts';
import { binaryTarget, type BinaryTargetName } from '../../../build/targets.ts';
import { requireNothing } from '../../support/require-tools.ts';
import { requireTargets } from './made-targets.ts';

/**
 * The native binary of a target. Where it could not be made because a tool is missing, the test is
 * skipped, but fails in continuous integration.
 *
 * @returns undefined when the test is skipped
 */
export function binaryOf(t: TestContext, target: BinaryTargetName): string | undefined {
  if (!requireTargets(t, target)) return undefined;
  const known = binaryTarget(target);
  if (known === undefined) throw new Error(`no binary target ${target}`);
  const path = binaryPath(known);
  const advice = `${path} is missing: run "npm run build:binaries" first, as "npm test" does`;
  return requireNothing(t, existsSync(path) ? undefined : advice) ? path : undefined;
}
