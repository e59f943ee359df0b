import type { Answer } from '../../cli/background/call-supervisor.ts';
import type { ConnectionStatus, PortStatus } from '../../cli/background/connection-status.ts';
import type { UpResult } from '../../cli/background/protocol.ts';
import { CommandError } from '../../cli/framework/command-context.ts';
import { backgroundFailures } from '../../failures/background.ts';

/** What the supervisor has reported about the connections of one `up`. */
export interface UpState {
  readonly results: ReadonlyMap<string, UpResult>;
  readonly connections: readonly ConnectionStatus[];
  /** Whether all ports have listened, or have failed to. */
  readonly isSettled: boolean;
  /** Whether all connections are down. */
  readonly isDown: boolean;
  take(answer: Answer): void;
}

/** Nothing is known yet. */
export function createUpState(): UpState {
  const results = new Map<string, UpResult>();
  const connections = new Map<string, ConnectionStatus>();
  const down = new Set<string>();
  return {
    results,
    get connections() {
      return [...connections.values()];
    },
    get isSettled() {
      const ports = [...connections.values()].flatMap((one) => one.ports);
      return connections.size === results.size && ports.every(isSettled);
    },
    get isDown() {
      return results.size > 0 && down.size === results.size;
    },
    take(answer) {
      switch (answer.reply) {
        case 'accepted':
          results.set(answer.name, answer.result);
          break;
        case 'status':
          connections.set(answer.connection.name, answer.connection);
          break;
        case 'down':
          down.add(answer.name);
          break;
        default:
      }
    },
  };
}

function isSettled({ state }: PortStatus): boolean {
  return state !== 'connecting';
}

/** The supervisor has ended before the connections, as when it was killed. */
export function lostSupervisor(): CommandError {
  const remedy = 'Run `session-manager-plugin up` again';
  return new CommandError(backgroundFailures['supervisor-unreachable']('it has ended', remedy));
}
