import type { CommandContext } from '../../../cli/framework/command-context.ts';
import { chooseFast, isUnsupported, type FastRequest } from '../../../cli/tunnel/fast-choice.ts';
import { tunnelFailureOf } from '../../../cli/tunnel/tunnel-failure.ts';
import {
  createTunnelKeepers,
  type TunnelKeeper,
  type TunnelUse,
} from '../../../cli/tunnel/tunnel-keeper.ts';
import type { Pool } from '../pool/pool.ts';
import type { DestinationContext } from '../pool/destination-session.ts';
import { createFastPool, type FastPlace } from './fast-pool.ts';

/** What a proxy opens its tunnels with. */
export interface FastOptions {
  readonly request: FastRequest;
  /** Pairs of sessions, which share the connections. */
  readonly count: number;
  readonly target: string;
  readonly reason: string | undefined;
  /** Resolves when the proxy is not wanted any more. */
  readonly interrupted: Promise<undefined>;
}

/** Tunnels for a proxy. */
export interface FastProxy {
  createPool(context: DestinationContext): Pool;
}

/**
 * Opens the first tunnel of a proxy, so that what prevents it is known before any client comes.
 *
 * @returns undefined when the sessions of ports are used instead, or after an interruption
 * @throws AwsError, CommandError or SessionError when it cannot be opened
 */
export async function openFast(
  context: CommandContext,
  { request, count, target, reason, interrupted }: FastOptions,
): Promise<FastProxy | undefined> {
  // AWS may take long to answer.
  const choice = await Promise.race([chooseFast(context, request), interrupted]);
  if (choice?.isWanted !== true) return undefined;
  const keepers = createTunnelKeepers(
    {
      ...{ context, what: 'proxy --fast', reason, user: request.user },
      target: () => target,
      startsLater: false,
    },
    count,
  );
  const places: FastPlace[] = [];
  const begin = (keeper: TunnelKeeper): TunnelUse => {
    const use = keeper.use();
    places.push({ keeper, use });
    return use;
  };
  const stopped = interrupted.then(() => 'interrupted' as const);
  const [keeper, ...others] = keepers;
  if (keeper === undefined) return undefined;
  try {
    // What prevents the first one prevents all.
    const first = await Promise.race([begin(keeper).opened, stopped]);
    if (first !== 'interrupted' && first !== undefined) {
      const reportError = (error: Error): void => context.output.reportError(error);
      // A failure of a further one does not end the proxy: the pool reports it.
      const opened = Promise.allSettled(others.map((other) => begin(other).opened));
      if ((await Promise.race([opened, stopped])) !== 'interrupted') {
        return { createPool: (pool) => createFastPool({ ...pool, places, reportError }) };
      }
    }
  } catch (error) {
    const failure = tunnelFailureOf(error);
    if (choice.fallBack === undefined || !isUnsupported(failure)) throw error;
    choice.fallBack(failure.problem);
  }
  await Promise.all(places.map(({ use }) => use.release()));
  return undefined;
}
