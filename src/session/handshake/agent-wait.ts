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
  /** The service reports whether the agent is connected, or a message of the agent has arrived. */
  agentConnected(isConnected: boolean): void;
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
  /** For an agent that has left a running session; undefined for none: it may come back. */
  readonly absenceLimit: AgentLimit | undefined;
  /** The agent has not answered, or come back, in time. */
  readonly onLimit: (failure: SessionFailure) => void;
}

/** The next message of the agent is waited for until the session begins or ends. */
export function createAgentWait(options: AgentWaitOptions): AgentWait {
  const { state, isConnected, report, clock, limit, absenceLimit, onLimit } = options;
  let end: (() => void) | undefined;
  let isAbsent = false;
  let absence: Timer | undefined;
  const within = (agentLimit: AgentLimit | undefined): Timer | undefined =>
    agentLimit && clock.after(agentLimit.ms, () => onLimit(agentLimit.failure));
  const updateAbsence = (): void => {
    if (isAbsent && state().kind === 'running') absence ??= within(absenceLimit);
    else {
      absence?.cancel();
      absence = undefined;
    }
  };
  const begin = (): (() => void) => {
    const endReport = report();
    const timer = within(limit);
    return () => {
      timer?.cancel();
      endReport();
    };
  };
  return {
    update() {
      updateAbsence();
      const isAwaited = isAgentsTurn(state()) && isConnected();
      if (isAwaited) end ??= begin();
      else {
        end?.();
        end = undefined;
      }
    },
    agentConnected(isAgentConnected) {
      isAbsent = !isAgentConnected;
      updateAbsence();
    },
  };
}

/** While a request is being answered, this side works: its calls to AWS are waits of their own. */
function isAgentsTurn({ kind }: LifecycleState): boolean {
  return kind === 'opening' || kind === 'handshake';
}
