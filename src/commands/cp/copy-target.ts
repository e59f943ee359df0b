import { copyFailures } from '../../failures/copy.ts';
import { CommandError, type CommandContext } from '../../cli/framework/command-context.ts';
import { createRemote, type Remote } from '../../cli/remote/remote.ts';
import { inspectTools, type RemoteTools } from '../../cli/remote/remote-tools.ts';
import { findTarget, type ResolvedTarget } from '../../cli/target/resolve-target.ts';
import type { CopyEngine } from './copy-engine.ts';
import type { CopyRun } from './copy-run.ts';
import type { RemotePlace } from './request.ts';

/** A target that files are copied from or to. */
export interface CopyTarget {
  readonly remote: Remote;
  readonly tools: RemoteTools;
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
 * Checks that a target can pack and unpack directories.
 *
 * @throws CommandError when it cannot
 */
export function requireTar({ tools, title }: CopyTarget): void {
  if (!tools.has.has('tar')) throw new CommandError(copyFailures['copy-without-tar'](title));
}

/**
 * Finds out, once for each target, with which programs files are copied there.
 *
 * @returns throws CommandError for a target that runs Windows or lacks a program; ProgramError when it cannot be reached
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
  const { platform } = await remote.facts();
  if (platform === 'Windows') {
    throw new CommandError(copyFailures['copy-to-windows'](target.title));
  }
  const tools = await inspectTools(remote);
  if (tools !== undefined) {
    return { remote, tools, engine: createEngine(remote, tools), title: target.title };
  }
  stopped.throwIfAborted();
  throw new Error('the command was stopped');
}
