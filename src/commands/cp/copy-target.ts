import type { CommandContext } from '../../cli/framework/command-context.ts';
import { createRemote, type Remote } from '../../cli/remote/remote.ts';
import { findTarget, type ResolvedTarget } from '../../cli/target/resolve-target.ts';
import type { CopyEngine } from './copy-engine.ts';
import type { CopyRun } from './copy-run.ts';
import type { RemotePlace } from './request.ts';

/** A target that files are copied from or to. */
export interface CopyTarget {
  readonly remote: Remote;
  readonly engine: CopyEngine;
  /** As failures name it, safe to show. */
  readonly title: string;
}

/** Finds all targets of a copy: the user is asked now, not in its middle. */
export async function findTargets(
  context: CommandContext,
  places: readonly RemotePlace[],
): Promise<ReadonlyMap<string, ResolvedTarget>> {
  const found = new Map<string, ResolvedTarget>();
  for (const { target } of places) {
    if (!found.has(target)) found.set(target, await findTarget(context, target));
  }
  return found;
}

/**
 * Finds out, once for each target, how files are copied there.
 *
 * @returns how to get the target of a place; rejects with a CommandError for one that is not supported or lacks a
 *   program, and with a ProgramError for one that cannot be reached
 */
export function connectTargets(
  run: CopyRun,
  found: ReadonlyMap<string, ResolvedTarget>,
): (place: RemotePlace) => Promise<CopyTarget> {
  const targets = new Map<string, Promise<CopyTarget>>();
  return ({ target: name }) => {
    const resolved = found.get(name);
    if (resolved === undefined) throw new Error('the target was not searched for');
    const target = targets.get(resolved.id) ?? connect(run, resolved);
    targets.set(resolved.id, target);
    return target;
  };
}

async function connect(
  { context, options, stopped, createEngine }: CopyRun,
  target: ResolvedTarget,
): Promise<CopyTarget> {
  const { reason } = options;
  const remote = createRemote({ context, target, reason, stopped });
  return { remote, engine: await createEngine(remote), title: target.title };
}
