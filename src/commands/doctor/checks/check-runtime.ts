import type { BuildFacts } from '../../../cli/about/build-facts.ts';
import { runtimeEnd } from '../../../cli/about/runtime-end.ts';
import { warning, type Finding } from './finding.ts';

const MS_PER_DAY = 86_400_000;
/** Enough time to plan an update; the build warns at the same time (`packaging/runtime-age/assess-runtimes.ts`). */
const END_NEAR_DAYS = 90;

/** The user has chosen the Node.js that runs these; all others contain theirs. */
const WITHOUT_RUNTIME: readonly string[] = ['npm', 'source'];

/**
 * Checks that Node.js, which runs this program, gets security fixes for some time.
 *
 * @param runtime - its version
 * @param facts - what the build has recorded; without it nothing is checked
 * @param now - milliseconds since the epoch
 * @returns a warning, or nothing
 */
export function checkRuntimeEnd(
  runtime: string,
  facts: BuildFacts | undefined,
  now: number,
): readonly Finding[] {
  const end = runtimeEnd(runtime, facts);
  if (facts === undefined || end === undefined) return [];
  // The last day counts.
  const days = Math.ceil((Date.parse(end) + MS_PER_DAY - now) / MS_PER_DAY);
  if (!(days <= END_NEAR_DAYS)) return [];
  const state = days <= 0 ? 'has had no security fixes since' : 'gets no security fixes after';
  return [
    warning(
      'runtime',
      `Node.js ${runtime} ${state} ${end}`,
      WITHOUT_RUNTIME.includes(facts.install)
        ? 'Install a newer Node.js'
        : 'Install the newest version of this program, which contains a newer Node.js',
    ),
  ];
}
