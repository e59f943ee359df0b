import type { IncomingHttpHeaders } from 'node:http';
import type { TerminalSize } from '../../../src/protocol/terminal-size.ts';

/** How a session ended. */
export interface SessionEnd {
  /**
   * `flag`: the client sent Flag TerminateSession. `api`: TerminateSession was called. `remote`: what
   * ran on the target ended. `handshake`: the client's answer was refused or did not come.
   * `resend-limit`: the agent gave up. `keep-alive`: smux fell silent. `service`: a test made the
   * service end it. `shutdown`: the local target itself was closed.
   */
  readonly by:
    | 'flag'
    | 'api'
    | 'remote'
    | 'handshake'
    | 'resend-limit'
    | 'keep-alive'
    | 'service'
    | 'shutdown';
  /** The text of channel_closed for the user; empty on an ordinary end. */
  readonly output: string;
}

/** One upgrade request to the gateway, and the client's first message. */
export interface ConnectionRecord {
  /** Path and query as requested. */
  readonly url: string;
  readonly headers: IncomingHttpHeaders;
  readonly clientId: string;
  readonly clientVersion: string;
  readonly requestId: string;
  /** Whether the token was the valid one. */
  readonly accepted: boolean;
}

/** What the agent and the gateway have seen of a session so far; live; tests read it. */
export interface SessionRecord {
  /** Stream messages of the client that were processed, each counted once. */
  received: number;
  /** Stream messages that came again after they had been processed. */
  receivedAgain: number;
  /** Stream messages that came before an earlier one and were kept. */
  receivedAhead: number;
  /** Stream messages that were not acknowledged because nothing was ready for them. */
  refused: number;
  /** Stream messages acknowledged and thrown away because the handshake was not complete. */
  ignored: number;
  /** Frames of the client that break the protocol. */
  invalid: number;
  /** Payload bytes of processed Output messages, decrypted. */
  inputBytes: number;
  /** Stream messages of the agent, each counted once. */
  sent: number;
  /** Payload bytes of Output and StdErr messages, before encryption. */
  outputBytes: number;
  resent: number;
  /** Stream messages of the agent that the client has acknowledged. */
  acknowledged: number;
  /** Acknowledgements the agent has sent, repeated ones included. */
  acknowledgementsSent: number;
  /** Pauses that the service has asked the agent for. */
  pauses: number;
  /** Loops that send one output of a command and have found the channel paused: they have ended for good. */
  stoppedOutputs: number;
  /** Connections that the service has cut for too many messages a second. */
  rateCuts: number;
  /** WebSocket pings of the client. */
  pings: number;
  /** Binary frames that arrived from the client on any connection, whatever became of them. */
  framesFromClient: number;
  /** Calls of ResumeSession for this session, refused ones included. */
  resumeCalls: number;
  /** Dials of the target, failed ones included. */
  dials: number;
  /** Dials of the target that succeeded. */
  connected: number;
  /** Commands and shells that run now. */
  childProcesses: number;
  /** TCP connections from the agent to the target that are open now. */
  targetConnections: number;
  /** Whether the agent does not read from the client now because targets are slow. */
  receivingPaused: boolean;
  /** The client's version in its HandshakeResponse. */
  clientVersion: string | undefined;
  readonly flags: number[];
  readonly sizes: TerminalSize[];
  readonly connections: ConnectionRecord[];
}

/** A record of a session in which nothing has happened yet. */
export function newSessionRecord(): SessionRecord {
  return {
    received: 0,
    receivedAgain: 0,
    receivedAhead: 0,
    refused: 0,
    ignored: 0,
    invalid: 0,
    inputBytes: 0,
    sent: 0,
    outputBytes: 0,
    resent: 0,
    acknowledged: 0,
    acknowledgementsSent: 0,
    pauses: 0,
    stoppedOutputs: 0,
    rateCuts: 0,
    pings: 0,
    framesFromClient: 0,
    resumeCalls: 0,
    dials: 0,
    connected: 0,
    childProcesses: 0,
    targetConnections: 0,
    receivingPaused: false,
    clientVersion: undefined,
    flags: [],
    sizes: [],
    connections: [],
  };
}
