import type { Clock } from '../../../../src/lib/clock.ts';
import type { PayloadType } from '../../../../src/protocol/payload-type.ts';
import type { SessionEnd, SessionRecord } from '../../session/session-record.ts';
import type { AgentOptions } from '../agent-options.ts';

/** What runs on the target for a session: a shell, a command, forwarded connections. */
export interface Program {
  /**
   * Takes a message in its turn, decrypted.
   *
   * @returns false when nothing is ready for it yet; a promise when it is taken only then, and the agent
   *   waits for this in the place where it reads
   */
  receive(payloadType: number, payload: Buffer): boolean | Promise<void>;
  /** There may be room for output again after `writable` was false. */
  writable(): void;
  /** Ends it as the agent does, which may leave processes; resolves when what this ends has ended. */
  terminate(): Promise<void>;
  /** Ends everything at once; resolves when no process and no connection is left. */
  close(): Promise<void>;
}

/** What a {@link Program} may ask of the agent. */
export interface ProgramHost {
  readonly options: AgentOptions;
  readonly clock: Clock;
  readonly record: SessionRecord;
  readonly agentVersion: string;
  /** Empty when the session had no handshake. */
  readonly clientVersion: string;
  /** Sends output, in as many messages as it takes; encrypted when the session is. */
  output(payloadType: PayloadType, bytes: Buffer): void;
  /** Sends one message as it is. */
  send(payloadType: PayloadType, payload: Buffer): void;
  /** Whether sources of output may be read. */
  readonly writable: boolean;
  /** Whether the channel is not paused. */
  readonly active: boolean;
  /** Stops reading from the client until `resumeReceiving()`. Calls do not nest. */
  pauseReceiving(): void;
  resumeReceiving(): void;
  /** Something became ready for messages that were refused. */
  ready(): void;
  /** The record has changed. */
  changed(): void;
  /** The program has ended: the session ends once the client has everything. */
  done(by: SessionEnd['by'], output: string): void;
}

/** Starts a {@link Program}. */
export type StartProgram = (host: ProgramHost) => Program;
