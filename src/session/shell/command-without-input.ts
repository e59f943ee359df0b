import type { Clock, Timer } from '../../lib/clock.ts';
import type { SessionLink, SessionSignal } from '../session-type.ts';
import { SIGNAL_STATUS } from '../signal-status.ts';
import { CONTROL_CHARACTERS } from './keys.ts';

/** Signals of the user that the agent passes on to a command (docs/design/agent.md#signals). */
type PassedSignal = Extract<SessionSignal, 'SIGINT' | 'SIGQUIT'>;

/** A signal that ends a command ends it sooner. */
const STILL_RUNNING_AFTER_MS = 1_000;
const STILL_RUNNING =
  'The command was interrupted and is still running. Press Ctrl-C again to end the session.';

/**
 * Statuses that mean nothing after the agent has passed a signal on. The agent then waits for the command
 * twice. The wait that it reports gives 1 for any status (its `InputStreamMessageHandler`), or -1, Go's
 * status for a process that a signal has ended.
 */
const LOST_STATUSES: ReadonlySet<number> = new Set([1, -1]);

/** Signals and exit status of a command that has no input. */
export interface CommandWithoutInput {
  signal(signal: SessionSignal): void;
  /** @param reported - the exit status that the agent has reported, if it has */
  statusOf(reported: number | undefined): number | undefined;
  stop(): void;
}

/**
 * A command without input reads neither stdin nor keys: the next program reads them, and the terminal keeps
 * its modes. Ctrl-C goes to the agent, which signals the first process of the command, but not its children.
 * So a second Ctrl-C ends the session. Without a connection the first one already does.
 *
 * @param suspend - suspends the program, as Ctrl-Z suspends other programs
 * @param type - sends keys to the agent
 */
export function createCommandWithoutInput(
  link: Pick<SessionLink, 'connectedSince' | 'warn' | 'end'>,
  clock: Clock,
  suspend: () => void,
  type: (keys: Buffer) => void,
): CommandWithoutInput {
  let passed: PassedSignal | undefined;
  let timer: Timer | undefined;

  const leave = (signal: Exclude<SessionSignal, 'SIGTSTP'>): void =>
    link.end({ kind: 'leave', text: '', exitCode: SIGNAL_STATUS[signal] });

  return {
    signal(signal) {
      switch (signal) {
        case 'SIGINT':
        case 'SIGQUIT':
          if (passed !== undefined || link.connectedSince === undefined) {
            leave(signal);
            break;
          }
          passed = signal;
          type(Buffer.from([CONTROL_CHARACTERS[signal]]));
          timer = clock.after(STILL_RUNNING_AFTER_MS, () => link.warn(STILL_RUNNING));
          break;
        case 'SIGTSTP':
          suspend();
          break;
        case 'SIGTERM':
        case 'SIGHUP':
        case 'SIGUSR1':
        case 'parent-exited':
          leave(signal);
      }
    },
    statusOf(reported) {
      if (passed === undefined || reported === undefined) return reported;
      return LOST_STATUSES.has(reported) ? SIGNAL_STATUS[passed] : reported;
    },
    stop: () => timer?.cancel(),
  };
}
