import type { LifecycleState } from '../lifecycle.ts';

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
}

/** The next message of the agent is waited for until the session begins or ends. */
export function createAgentWait({ state, isConnected, report }: AgentWaitOptions): AgentWait {
  let end: (() => void) | undefined;
  return {
    update() {
      const isAwaited = isAgentsTurn(state()) && isConnected();
      if (isAwaited) end ??= report();
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
