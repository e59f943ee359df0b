import type { SessionRequest } from '../../aws/aws.ts';
import { isAwsError } from '../../aws/sdk/aws-error.ts';
import type { CommandContext } from '../framework/command-context.ts';

/**
 * Runs a session. When the user may not start it, but can request access to the node, a person at the terminal is asked
 * for the reason, and it is run again with this access; otherwise the failure shows how to request it.
 *
 * @param run - prepares the session, starts it and runs it to its end
 * @throws as `run` does
 */
export async function withAccessOffer<Result>(
  context: CommandContext,
  request: SessionRequest,
  run: () => Promise<Result>,
): Promise<Result> {
  try {
    return await run();
  } catch (error) {
    // Requests are for nodes.
    const isPossible =
      context.options.access?.kind === 'offered' && !request.target.startsWith('ecs:');
    if (!isPossible || !isAwsError(error) || error.code !== 'access-denied') throw error;
    await context.aws.offerAccess(request, error);
    return run();
  }
}
