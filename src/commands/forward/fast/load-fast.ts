import type { CommandContext } from '../../../cli/framework/command-context.ts';
import type { FastChoice, FastRequest } from './fast-choice.ts';
import type { createFastRunner } from './fast-runner.ts';

/** One for each direction. */
const SESSIONS_OF_TUNNEL = 2;

/** What ports with fast tunnels are run with. */
export interface Fast {
  /** Of each tunnel. */
  readonly sessions: number;
  readonly choice: FastChoice;
  readonly createRunner: typeof createFastRunner;
}

/**
 * Loads what only fast tunnels need, and chooses them.
 *
 * @throws as {@link FastChoice} is chosen
 */
export async function loadFast(context: CommandContext, request: FastRequest): Promise<Fast> {
  const [{ chooseFast }, { createFastRunner: createRunner }] = await Promise.all([
    import('./fast-choice.ts'),
    import('./fast-runner.ts'),
  ]);
  return { sessions: SESSIONS_OF_TUNNEL, choice: await chooseFast(context, request), createRunner };
}
