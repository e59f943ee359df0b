import type { CommandContext } from '../../../cli/framework/command-context.ts';
import { createRestartPace } from '../../../cli/run/start/restart-pace.ts';
import { chooseFast, isUnsupported, type FastRequest } from '../../../cli/tunnel/fast-choice.ts';
import { tunnelFailureOf } from '../../../cli/tunnel/tunnel-failure.ts';
import { createTunnelKeepers } from '../../../cli/tunnel/tunnel-keeper.ts';
import type { Pool } from '../pool/pool.ts';
import type { DestinationContext } from '../pool/destination-session.ts';
import { createFastPool } from './fast-pool.ts';

/** What a proxy opens its tunnel with. */
export interface FastOptions {
  readonly request: FastRequest;
  readonly target: string;
  readonly reason: string | undefined;
  /** Resolves when the proxy is not wanted any more. */
  readonly interrupted: Promise<undefined>;
}

/** A tunnel for a proxy. */
export interface FastProxy {
  createPool(context: DestinationContext): Pool;
}

/**
 * Opens the tunnel of a proxy, so that what prevents it is known before any client comes.
 *
 * @returns undefined when the sessions of ports are used instead, or after an interruption
 * @throws AwsError, CommandError or SessionError when it cannot be opened
 */
export async function openFast(
  context: CommandContext,
  { request, target, reason, interrupted }: FastOptions,
): Promise<FastProxy | undefined> {
  // AWS may take long to answer.
  const choice = await Promise.race([chooseFast(context, request), interrupted]);
  if (choice?.isWanted !== true) return undefined;
  const [keeper] = createTunnelKeepers(
    {
      ...{ context, what: 'proxy --fast', reason, user: request.user },
      target: () => target,
      startsLater: false,
    },
    [createRestartPace(context.random.uniform)],
  );
  const use = keeper?.use();
  if (keeper === undefined || use === undefined) return undefined;
  try {
    const first = await Promise.race([use.opened, interrupted.then(() => 'interrupted' as const)]);
    if (first !== 'interrupted' && first !== undefined) {
      const reportError = (error: Error): void => context.output.reportError(error);
      return { createPool: (pool) => createFastPool({ ...pool, keeper, use, reportError }) };
    }
  } catch (error) {
    const failure = tunnelFailureOf(error);
    if (choice.fallBack === undefined || !isUnsupported(failure)) throw error;
    choice.fallBack(failure.problem);
  }
  await use.release();
  return undefined;
}
