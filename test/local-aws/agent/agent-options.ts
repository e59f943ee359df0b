import type { Clock } from '../../../src/lib/clock.ts';
import type { JsonObject } from '../../../src/lib/json.ts';
import type { SessionPlan } from '../session/session-request.ts';
import type { TargetAddress } from './ports/target-connection.ts';

/** Decrypts what KMS GenerateDataKey made; rejects when key or context do not fit. */
export type DecryptDataKey = (
  cipherTextBlob: Buffer,
  encryptionContext: Readonly<Record<string, string>>,
) => Buffer | Promise<Buffer>;

/** Makes the agent ask for encryption with a KMS key. */
export interface AgentEncryption {
  readonly kmsKeyId: string;
  /**
   * Base64 text for the encryption context, which agents from 3.3.808 on ask for; undefined for an
   * older agent.
   */
  readonly challenge?: string;
  readonly decryptDataKey: DecryptDataKey;
}

/** A container with files of its own, in a directory of this machine. */
export interface ContainerRoot {
  readonly directory: string;
  /** Comes before a command that runs in the container. */
  readonly inside: readonly string[];
}

/** How the agent of a session behaves. Everything has a default. */
export interface AgentOptions {
  /** Four dotted numbers that decide which features the agent has. Default 3.3.0.0. */
  readonly version?: string;
  /** A compromised agent: what it offers and runs, whatever the document of the session asks for. */
  readonly offers?: SessionPlan;
  /** The shell of a Standard_Stream session, and what runs interactive commands. Default `/bin/sh`. */
  readonly shell?: string;
  /** A target with Windows: this program is run with the words of a command without a terminal. */
  readonly powershell?: string;
  /** Added to the small environment that shells and commands get. */
  readonly environment?: Readonly<Record<string, string>>;
  /** The home directory of the session's user. Default: the system's directory for temporary files. */
  readonly home?: string;
  /** The shell, command or dial waits for this; until then input is neither taken nor acknowledged. */
  readonly startAfter?: Promise<unknown>;
  /**
   * A shell's terminal is not read before. The agent waits for 1 s (`writePump` of its `shell.go`), which
   * hundreds of tests cannot: by default nothing is waited for.
   */
  readonly readAfter?: Promise<unknown>;
  /**
   * Waits for 1 s before the first read of a terminal, and for 1 ms after each one of up to 1024 bytes, as the
   * agent does (`writePump` of its `shell.go`). Default false, as for `readAfter`.
   */
  readonly terminalPacing?: boolean;
  /** An agent in a container: no shell runs interactive commands. Default: whether the target is one of ECS. */
  readonly container?: boolean;
  /** Where the container has its files. By default it has those of this machine. */
  readonly root?: ContainerRoot;
  /** After this the agent decides whether a handshake is needed; until then it drops input. */
  readonly handshakeAfter?: Promise<unknown>;
  /** Where a port session's address really is, for names and ports that mean nothing here. */
  readonly route?: (address: TargetAddress) => TargetAddress;
  /** A port session's n-th dial waits for this, as for a destination that takes long; counted from 1. */
  readonly beforeDial?: (nth: number) => Promise<unknown>;
  /** Sleeps 1 ms after every 1024 bytes read from a port, as the public agent does. Default true. */
  readonly pacing?: boolean;
  /** For NonInteractiveCommands: StdErr and ExitCode payloads. Default: what the document makes of it. */
  readonly separateOutputStream?: boolean;
  readonly encryption?: AgentEncryption;
  /** Text of HandshakeComplete. Default: none, or the public agent's sentence when encrypted. */
  readonly customerMessage?: string;
  /** Unknown actions that are requested after the agent's own. */
  readonly furtherActions?: readonly JsonObject[];
  /** How long the agent waits for each answer of the client, in milliseconds. Default 15 000. */
  readonly handshakeTimeout?: number;
  /** Milliseconds between two looks at the oldest unacknowledged message. Default 100. */
  readonly resendInterval?: number;
  /** Messages kept that came ahead of their turn. Default 100 000. */
  readonly incomingCapacity?: number;
  /** Messages kept until they are acknowledged; what is sent beyond them is never repeated. Default 100 000. */
  readonly outgoingCapacity?: number;
  /**
   * How long the agent waits for acknowledgements when something has ended, in milliseconds. Default 2 000
   * (`PrepareToCloseChannel` of its datachannel.go).
   */
  readonly lingerTimeout?: number;
  /** Bytes the smux server holds for slow targets before it stops reading. Default 4 MiB. */
  readonly receiveLimit?: number;
  readonly clock?: Clock;
}

/** The version of the agent whose frames were recorded. */
export const DEFAULT_AGENT_VERSION = '3.3.0.0';
