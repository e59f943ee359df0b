import type { CommandContext } from '../../../cli/framework/command-context.ts';
import type { RestartPace } from '../../../cli/run/start/restart-pace.ts';
import type { FastChoice, FastRequest } from '../../../cli/tunnel/fast-choice.ts';
import type { SessionOutcome } from '../sessions/next-step.ts';
import type { PortSession } from '../sessions/port-session.ts';
import type { FastPort, FastPortsOptions } from './fast-ports.ts';

/** What ports with fast tunnels are run with. */
export interface Fast {
  readonly choice: FastChoice;
  /** How soon the tunnel of a place, or a session that is used instead, is followed by the next one. */
  readonly paceOf: (place: number) => RestartPace;
  /** @returns runs the use of a tunnel by a port to its end */
  createRunner(port: FastPort): (session: PortSession) => Promise<SessionOutcome>;
  /** Whether a failure was not reported so far: what prevents a tunnel prevents it for all ports. */
  isNew(message: string): boolean;
}

/**
 * Loads what only fast tunnels need, and chooses them.
 *
 * @throws as {@link FastChoice} is chosen
 */
export async function loadFast(
  context: CommandContext,
  request: FastRequest,
  options: FastPortsOptions,
): Promise<Fast> {
  const { chooseFastPorts } = await import('./fast-ports.ts');
  return chooseFastPorts(context, request, options);
}
