import type { MemoryAgent } from './memory-agent.ts';

/** The agent's request to the client, with the actions it asks for. */
export function handshake(...actions: readonly object[]): object {
  return { AgentVersion: '3.3.0.0', RequestedClientActions: actions };
}

/** The action that names the kind of session. */
export function sessionType(name: string): object {
  return {
    ActionType: 'SessionType',
    ActionParameters: { SessionType: name, Properties: {} },
  };
}

/** Payloads of one type that the client sent, as JSON. */
export function sentJson(agent: MemoryAgent, payloadType: number): unknown[] {
  return agent
    .received()
    .filter((message) => message.payloadType === payloadType)
    .map((message): unknown => JSON.parse(message.payload.toString()));
}
