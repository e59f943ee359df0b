import { sessionFailures } from '../../failures/session.ts';
import type { AgentLimit } from '../../session/handshake/agent-wait.ts';

/**
 * How long the agent of a session may be away that another one can replace. After a restart, the agent does not
 * continue its sessions, and the service may leave them open: they would never carry a byte again. An agent that
 * only loses its connection is back within seconds (seen with agent 3.3).
 */
const AGENT_ABSENCE_MS = 60_000;

/** For a session that is replaced when it ends. */
export const AGENT_ABSENCE: AgentLimit = {
  ms: AGENT_ABSENCE_MS,
  failure: sessionFailures['agent-silent'](),
};
