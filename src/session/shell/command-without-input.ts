import type { Clock, Timer } from '../../lib/clock.ts';
import type { SessionLink, SessionSignal } from '../session-type.ts';
import { SIGNAL_STATUS } from '../signal-status.ts';

/** Takes what the agent has added out of a payload of a command's output. */
export type OutputFilter = (payloadType: number, payload: Buffer) => Buffer;

/** What a command without input works with, besides what every shell session does. */
export interface CommandHost {
  readonly filterOutput: OutputFilter;
  /** Stops the program, as Ctrl-Z stops any other. */
  readonly suspend: () => void;
}

/** Signals of the user that the agent passes on to a command (docs/design/agent.md#signals). */
type PassedSignal = Extract<SessionSignal, 'SIGINT' | 'SIGQUIT'>;

const CONTROL_CHARACTERS: Readonly<Record<PassedSignal, number>> = { SIGINT: 0x03, SIGQUIT: 0x1c };

/** A command that ends by a signal does so sooner. */
const STILL_RUNNING_AFTER_MS = 1_000;
const STILL_RUNNING =
  'The command was interrupted and is still running. Press Ctrl-C again to end the session.';

/**
 * Statuses that tell nothing once the agent has passed a signal on: it waits for the command twice then,
 * and the wait that is reported says 1 whatever the status was (its `InputStreamMessageHandler`); or -1,
 * which is Go's for a process that a signal has ended.
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
 * A command without input gets neither stdin nor keys: they stay for whoever reads them next, and the
 * terminal is as it was. Ctrl-C goes to the command as the agent passes it on; but that signals only the
 * command's first process, so a second one leaves; and where there is no connection, the first.
 *
 * @param type - puts keys in front of the agent
 */
export function createCommandWithoutInput(
  link: Pick<SessionLink, 'connectedSince' | 'warn' | 'end'>,
  clock: Clock,
  { suspend }: CommandHost,
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
