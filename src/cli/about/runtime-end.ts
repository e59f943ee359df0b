import type { BuildFacts } from './build-facts.ts';

/**
 * The day on which support for a version of Node.js ends.
 *
 * @param runtime - such as `26.12.1`
 * @returns `YYYY-MM-DD`; undefined when the build has not recorded it
 */
export function runtimeEnd(runtime: string, facts: BuildFacts | undefined): string | undefined {
  const [line = ''] = runtime.split('.', 1);
  return facts?.runtimeEnds[line];
}
