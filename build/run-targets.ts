import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { MISSING_TOOL_STATUS } from './explain-failure.ts';
import type { TargetName } from './targets.ts';

const PACKAGE_TARGET = join(import.meta.dirname, 'package-target.ts');

/** How the downloads of a target came out. */
export interface TargetOutcome {
  readonly name: TargetName;
  readonly status: 'made' | 'tool-missing' | 'failed';
}

/**
 * Makes the downloads of targets, each in a process of its own and as many at a time as there are
 * processors. What they print is passed on.
 *
 * @param compression - `fast` or `small`
 */
export async function runTargets(
  names: readonly TargetName[],
  compression: string,
): Promise<readonly TargetOutcome[]> {
  const waiting = [...names];
  const outcomes: TargetOutcome[] = [];
  const work = async (): Promise<void> => {
    for (let name = waiting.shift(); name !== undefined; name = waiting.shift()) {
      const child = spawn(
        process.execPath,
        ['--disable-warning=ExperimentalWarning', PACKAGE_TARGET, name, compression],
        { stdio: ['ignore', 'inherit', 'inherit'] },
      );
      const [status] = (await once(child, 'exit')) as [number | null];
      outcomes.push({ name, status: meaningOf(status) });
    }
  };
  await Promise.all(Array.from({ length: availableParallelism() }, work));
  return outcomes;
}

function meaningOf(status: number | null): TargetOutcome['status'] {
  if (status === 0) return 'made';
  return status === MISSING_TOOL_STATUS ? 'tool-missing' : 'failed';
}
