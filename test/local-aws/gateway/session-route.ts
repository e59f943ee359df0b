import { MessageType } from '../../../src/protocol/client-message.ts';
import type { AgentEndpoint } from '../agent/agent-link.ts';
import type { ClientConnection } from './client-connection.ts';
import { publicationFrame } from './service-messages.ts';

/**
 * Joins the client and the agent of one session. It tells each of them when the other comes and
 * goes; frames for one that is not there are lost.
 */
export interface SessionRoute {
  readonly connection: ClientConnection | undefined;
  /** A new connection of the client takes the place of the old one. */
  connect(connection: ClientConnection): void;
  /** This connection is gone. */
  disconnect(connection: ClientConnection): void;
  fromClient(frame: Buffer): void;
  fromAgent(frame: Buffer): void;
  readonly congested: boolean;
  pauseClient(): void;
  resumeClient(): void;
  cutAgent(): void;
  joinAgent(): void;
  hold(): void;
  release(): void;
}

/** Makes the route of a session whose client has not come yet. */
export function createSessionRoute(
  agent: () => AgentEndpoint,
  agentInterested: (present: boolean) => void,
): SessionRoute {
  const start = publicationFrame(MessageType.StartPublication);
  const pause = publicationFrame(MessageType.PausePublication);
  let connection: ClientConnection | undefined;
  let agentThere = true;
  let clientPaused = false;
  let held: { readonly toClient: Buffer[]; readonly toAgent: Buffer[] } | undefined;

  const tellAgent = (frame: Buffer): void => {
    if (agentThere) agent().receive(frame);
  };
  return {
    get connection() {
      return connection;
    },
    connect(newConnection) {
      const old = connection;
      connection = newConnection;
      old?.cut();
      if (clientPaused) newConnection.pause();
      agentInterested(true);
      if (!agentThere || held !== undefined) newConnection.send(pause);
      if (held === undefined) tellAgent(start);
      agent().drained();
    },
    disconnect(lost) {
      if (connection !== lost) return;
      connection = undefined;
      tellAgent(pause);
      agentInterested(false);
    },
    fromClient(frame) {
      if (held !== undefined) held.toAgent.push(frame);
      else if (agentThere) agent().receive(frame);
    },
    fromAgent(frame) {
      if (!agentThere) return;
      if (held !== undefined) held.toClient.push(frame);
      else connection?.send(frame);
    },
    get congested() {
      return connection?.congested ?? false;
    },
    pauseClient() {
      clientPaused = true;
      connection?.pause();
    },
    resumeClient() {
      clientPaused = false;
      connection?.resume();
    },
    cutAgent() {
      if (!agentThere) return;
      // The agent notices by itself that its socket is gone.
      agent().receive(pause);
      agentThere = false;
      connection?.send(pause);
    },
    joinAgent() {
      if (agentThere) return;
      agentThere = true;
      if (connection === undefined) return;
      connection.send(start);
      agent().receive(start);
    },
    hold() {
      if (held !== undefined) return;
      connection?.send(pause);
      tellAgent(pause);
      held = { toClient: [], toAgent: [] };
    },
    release() {
      if (held === undefined) return;
      const { toClient, toAgent } = held;
      held = undefined;
      connection?.send(start);
      if (connection !== undefined) tellAgent(start);
      for (const frame of toClient) connection?.send(frame);
      for (const frame of toAgent) tellAgent(frame);
    },
  };
}
