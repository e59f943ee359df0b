/** The agent's connection to the gateway: two functions of one process that call each other. */
export interface AgentLink {
  /** Hands a frame to the gateway for the client. Lost when the client is away or the link is cut. */
  send(frame: Buffer): void;
  /** The client does not take frames as fast as they come: stop reading sources until `drained()`. */
  readonly congested: boolean;
  /** Stops reading from the client; what was read already still comes. Calls do not nest. */
  pauseReceiving(): void;
  resumeReceiving(): void;
  /** Notifies the service that the session is done: it sends channel_closed with this text. */
  sessionState(output: string): void;
}

/** The gateway's view of an agent. */
export interface AgentEndpoint {
  /** Takes a frame of the client or of the service. */
  receive(frame: Buffer): void;
  /** The link is no longer congested. */
  drained(): void;
}
