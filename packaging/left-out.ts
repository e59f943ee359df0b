import { readFileSync, writeFileSync } from 'node:fs';
import { hasCode } from '../build/runtime/setup.mjs';
import type { TargetName } from '../build/targets.ts';
import { OUTPUTS } from './release-settings.ts';

/** Targets whose packages were not made, with the reason of each. */
export type LeftOut = Readonly<Partial<Record<TargetName, string>>>;

/** Records which targets the packages in `dist/plugin/` lack, and why. */
export function writeLeftOut(leftOut: LeftOut): void {
  writeFileSync(OUTPUTS.leftOut, JSON.stringify(leftOut));
}

/** What the last making of packages has left out; nothing when no packages were made yet. */
export function readLeftOut(): LeftOut {
  try {
    return JSON.parse(readFileSync(OUTPUTS.leftOut, 'utf8')) as LeftOut;
  } catch (error) {
    if (hasCode(error, 'ENOENT')) return {};
    throw error;
  }
}
