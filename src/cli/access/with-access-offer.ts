import type { SessionRequest } from '../../aws/aws.ts';
import { isAwsError } from '../../aws/sdk/aws-error.ts';
import type { CommandContext } from '../framework/command-context.ts';

/**
 * Runs a session. If AWS refuses it, but the user can request access to the node, a person at the terminal is asked for the
 * reason, and the session is run again with this access. Without a terminal, the failure shows how to request access.
 *
 * @param run - prepares the session, starts it and runs it to its end
 * @param interrupted - resolves when the session is no longer wanted; undefined when only the end of the command ends it
 * @returns what `run` returns, or what `interrupted` resolves with
 * @throws as `run` does
 */
export async function withAccessOffer<Result>(
  context: CommandContext,
  request: SessionRequest,
  run: () => Promise<Result>,
  interrupted?: () => Promise<Result>,
): Promise<Result> {
  try {
    return await run();
  } catch (error) {
    // Access can be requested only for nodes.
    const isPossible =
      context.options.access?.kind === 'offered' && !request.target.startsWith('ecs:');
    if (!isPossible || !isAwsError(error) || error.code !== 'access-denied') throw error;
    const offered = context.aws.offerAccess(request, error).then(() => 'accepted' as const);
    const first = await Promise.race([
      offered,
      ...(interrupted === undefined ? [] : [interrupted()]),
    ]);
    return first === 'accepted' ? run() : first;
  }
}
