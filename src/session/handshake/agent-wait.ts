import type { Clock, Timer } from '../../lib/clock.ts';
import type { SessionFailure } from '../ending.ts';
import type { LifecycleState } from '../lifecycle.ts';

/** How long an agent may take to answer, in milliseconds, and the failure of the session then. */
export interface AgentLimit {
  readonly ms: number;
  readonly failure: SessionFailure;
}

/** Reports that the session waits for its agent, and for nothing else. */
export interface AgentWait {
  /** The state of the session or of its connection has changed. */
  update(): void;
}

/** What a wait for the agent depends on. */
export interface AgentWaitOptions {
  readonly state: () => LifecycleState;
  /** Without a connection, the message gateway is waited for. */
  readonly isConnected: () => boolean;
  /** Begins to report the wait. @returns ends it */
  readonly report: () => () => void;
  readonly clock: Pick<Clock, 'after'>;
  /** Undefined for no limit: the user sees the wait, and ends it. */
  readonly limit: AgentLimit | undefined;
  /** The agent has not answered in time. */
  readonly onLimit: (failure: SessionFailure) => void;
}

/** The next message of the agent is waited for until the session begins or ends. */
export function createAgentWait(options: AgentWaitOptions): AgentWait {
  const { state, isConnected, report, clock, limit, onLimit } = options;
  let end: (() => void) | undefined;
  const begin = (): (() => void) => {
    const endReport = report();
    const timer: Timer | undefined = limit && clock.after(limit.ms, () => onLimit(limit.failure));
    return () => {
      timer?.cancel();
      endReport();
    };
  };
  return {
    update() {
      const isAwaited = isAgentsTurn(state()) && isConnected();
      if (isAwaited) end ??= begin();
      else {
        end?.();
        end = undefined;
      }
    },
  };
}

/** While a request is being answered, this side works: its calls to AWS are waits of their own. */
function isAgentsTurn({ kind }: LifecycleState): boolean {
  return kind === 'opening' || kind === 'handshake';
}
