import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import type { BinaryTargetName } from '../../../build/targets.ts';

const BINARIES = join(import.meta.dirname, '..', '..', '..', 'dist', 'binaries');

/**
 * The native binary of a target. Where it could not be made because a tool is missing, the test is
 * skipped, but fails in continuous integration.
 *
 * @returns undefined when the test is skipped
 */
export function binaryOf(t: TestContext, target: BinaryTargetName): string | undefined {
  const ending = target === 'windows-x64' ? '.exe' : '';
  const path = join(BINARIES, target, `session-manager-plugin${ending}`);
  if (existsSync(path)) return path;
  const message = `${path} is missing: run "npm run build:binaries" first, as "npm test" does`;
  if (process.env['CI'] === 'true') throw new Error(message);
  t.skip(message);
  return undefined;
}
