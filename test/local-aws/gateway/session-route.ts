import { MessageType } from '../../../src/protocol/client-message.ts';
import type { AgentEndpoint } from '../agent/channel/agent-link.ts';
import type { ClientConnection } from './client-connection.ts';
import { publicationFrame } from './service-messages.ts';

/**
 * Connects the client and the agent of one session. It reports to each when the other connects and
 * disconnects; frames for a side that is not connected are lost.
 */
export interface SessionRoute {
  readonly connection: ClientConnection | undefined;
  /** A new connection of the client takes the place of the old one. */
  connect(connection: ClientConnection): void;
  /** This connection is closed. */
  disconnect(connection: ClientConnection): void;
  fromClient(frame: Buffer): void;
  fromAgent(frame: Buffer): void;
  /** The client's connection takes more again. */
  drained(): void;
  /** The client's connection has taken nothing for too long: the agent is asked to pause until it does. */
  stalled(): void;
  readonly congested: boolean;
  pauseClient(): void;
  resumeClient(): void;
  cutAgent(): void;
  joinAgent(): void;
  buffer(): void;
  release(): void;
}

/** Where a route passes its frames. */
export interface RouteEnds {
  agent(): AgentEndpoint;
  /** Brings a frame to the agent, with what the network does to it on the way. */
  carryToAgent(frame: Buffer): void;
  /** Brings a frame to the client's connection, with what the network does to it on the way. */
  carryToClient(frame: Buffer): void;
}

/** Makes the route of a session whose client has not come yet. */
export function createSessionRoute(ends: RouteEnds): SessionRoute {
  const start = publicationFrame(MessageType.StartPublication);
  const pause = publicationFrame(MessageType.PausePublication);
  let connection: ClientConnection | undefined;
  let agentThere = true;
  let clientPaused = false;
  let agentPaused = false;
  let held: { readonly toClient: Buffer[]; readonly toAgent: Buffer[] } | undefined;

  const notifyAgent = (frame: Buffer): void => {
    if (agentThere) ends.carryToAgent(frame);
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
      agentPaused = false;
      ends.carryToClient(!agentThere || held !== undefined ? pause : start);
      if (held === undefined) notifyAgent(start);
      ends.agent().drained();
    },
    disconnect(lost) {
      if (connection !== lost) return;
      connection = undefined;
      notifyAgent(pause);
    },
    fromClient(frame) {
      if (held !== undefined) held.toAgent.push(frame);
      else notifyAgent(frame);
    },
    fromAgent(frame) {
      if (!agentThere) return;
      if (held !== undefined) held.toClient.push(frame);
      else ends.carryToClient(frame);
    },
    stalled() {
      if (agentPaused) return;
      agentPaused = true;
      notifyAgent(pause);
    },
    drained() {
      if (agentPaused) {
        agentPaused = false;
        notifyAgent(start);
      }
      ends.agent().drained();
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
      // The agent notices itself that its socket is closed.
      ends.agent().receive(pause);
      agentThere = false;
      ends.carryToClient(pause);
    },
    joinAgent() {
      if (agentThere) return;
      agentThere = true;
      if (connection === undefined) return;
      ends.carryToClient(start);
      notifyAgent(start);
    },
    buffer() {
      if (held !== undefined) return;
      ends.carryToClient(pause);
      notifyAgent(pause);
      held = { toClient: [], toAgent: [] };
    },
    release() {
      if (held === undefined) return;
      const { toClient, toAgent } = held;
      held = undefined;
      ends.carryToClient(start);
      if (connection !== undefined) notifyAgent(start);
      for (const frame of toClient) ends.carryToClient(frame);
      for (const frame of toAgent) notifyAgent(frame);
    },
  };
}
