import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, writeFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { UNAVAILABLE_STATUS } from '../build/explain-failure.ts';
import { hasCode } from '../build/runtime/setup.mjs';
import type { TargetName } from '../build/targets.ts';
import type { Progress } from './progress/progress.ts';
import { stepIn } from './progress/step-messages.ts';
import { OUTPUTS } from './release-settings.ts';
import { runAtOnce } from './run-at-once.ts';

const PACKAGE_TARGET = join(import.meta.dirname, 'package-target.ts');

/** The result for the downloads of a target; a reason names the missing tool or mirror. */
export type TargetOutcome =
  | { readonly name: TargetName; readonly status: 'made' | 'failed' }
  | { readonly name: TargetName; readonly status: 'unavailable'; readonly reason: string };

/**
 * Makes the downloads of targets, each in a process of its own and as many at a time as there are
 * processors. What they print is passed on.
 *
 * @param settings - arguments of package-target.ts after the target
 * @param progress - is notified of the steps of each target
 * @returns the outcomes in the order of `names`
 */
export async function runTargets(
  names: readonly TargetName[],
  settings: readonly string[],
  progress: Progress,
): Promise<readonly TargetOutcome[]> {
  return runAtOnce(names, availableParallelism(), async (name) => {
    const child = spawn(
      process.execPath,
      ['--disable-warning=ExperimentalWarning', PACKAGE_TARGET, name, ...settings],
      { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] },
    );
    let reason = '';
    child.on('message', (message: unknown) => {
      if (typeof message === 'string') reason = message;
      const step = stepIn(message);
      if (step !== undefined) progress.begin(name, step);
    });
    // Not `exit`: the last message may come after it.
    const [status] = (await once(child, 'close')) as [number | null];
    progress.end(name);
    return outcomeOf(name, status, reason);
  });
}

function outcomeOf(name: TargetName, status: number | null, reason: string): TargetOutcome {
  if (status === UNAVAILABLE_STATUS) return { name, status: 'unavailable', reason };
  return { name, status: status === 0 ? 'made' : 'failed' };
}

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
