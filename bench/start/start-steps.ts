import type { Profiler } from 'node:inspector';
import { basename } from 'node:path';

/** What a start spends on one function of the program. */
export interface Step {
  /** Function and file of the bundle. */
  readonly name: string;
  /** Milliseconds of the function, with what it calls in libraries without a name of their own and in Node.js. */
  readonly ms: number;
}

const BUNDLE_FILE = /^[\w-]+\.cjs$/;
/** Those of the tracer: what they call is a load, which has its own list. */
const LOADING = new Set(['loadBuiltin', 'compileFile']);
const MICROSECONDS_PER_MILLISECOND = 1000;

/**
 * What a start computes, longest first: each sample of the profile counts for the innermost function of the
 * program that has a name. Loads of files and modules are left out.
 *
 * @param until - microseconds on the clock of the profile
 */
export function stepsOf(profile: Profiler.Profile, until: number): readonly Step[] {
  const parents = parentsOf(profile);
  const ms = new Map<string, number>();
  let time = profile.startTime;
  profile.samples?.forEach((id, i) => {
    const spent = profile.timeDeltas?.[i + 1] ?? 0;
    time += profile.timeDeltas?.[i] ?? 0;
    const name = time <= until ? stepAt(id, parents) : undefined;
    if (name === undefined) return;
    ms.set(name, (ms.get(name) ?? 0) + spent / MICROSECONDS_PER_MILLISECOND);
  });
  return [...ms].map(([name, spent]) => ({ name, ms: spent })).sort((a, b) => b.ms - a.ms);
}

interface Parent {
  readonly node: Profiler.ProfileNode;
  readonly parent: number | undefined;
}

function parentsOf({ nodes }: Profiler.Profile): ReadonlyMap<number, Parent> {
  const parents = new Map<number, number>();
  for (const { id, children } of nodes) for (const child of children ?? []) parents.set(child, id);
  return new Map(nodes.map((node) => [node.id, { node, parent: parents.get(node.id) }]));
}

function stepAt(id: number, parents: ReadonlyMap<number, Parent>): string | undefined {
  for (let at = parents.get(id); at !== undefined; at = parents.get(at.parent ?? NaN)) {
    const { functionName, url } = at.node.callFrame;
    if (functionName === '(garbage collector)') return 'garbage collection';
    if (LOADING.has(functionName)) return undefined;
    if (functionName !== '' && BUNDLE_FILE.test(url))
      return `${basename(functionName)} (${basename(url)})`;
  }
  return undefined;
}
