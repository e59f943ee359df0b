import type { SessionEndpoint } from './endpoint.ts';

/** Kinds of systems that Systems Manager tells apart. */
export type PlatformType = 'Linux' | 'MacOS' | 'Windows';

/** A managed node as Systems Manager knows it. */
export interface ManagedNode {
  /** `i-…` or `mi-…`. */
  readonly id: string;
  /**
   * What people call it: its Name tag where it was asked for by that, else the name it was registered
   * with, else its host name.
   */
  readonly name: string;
  /** The system's own name and version, `Debian GNU/Linux 12`; else its kind: `Linux`, `Windows`, `MacOS`. */
  readonly platform: string;
  /** Undefined when its agent has not reported it. */
  readonly platformType: PlatformType | undefined;
  readonly pingStatus: 'Online' | 'ConnectionLost' | 'Inactive';
  /** Dotted numbers; empty when unknown. */
  readonly agentVersion: string;
  /** Private address; empty when unknown. */
  readonly ipAddress: string;
  /** Host name; empty when unknown. */
  readonly computerName: string;
}

/** An EC2 instance, by the names people know it by. */
export interface Ec2Instance {
  readonly id: string;
  /** Value of its Name tag; empty without one. */
  readonly nameTag: string;
  /** Its private addresses. */
  readonly addresses: readonly string[];
  /** Its DNS names, private and public. */
  readonly hostNames: readonly string[];
}

/** A parameter that a document takes. */
export interface DocumentParameter {
  /** Undefined when it must be given. */
  readonly defaultValue: string | undefined;
  /** Undefined when it has no list of them. */
  readonly allowedValues: readonly string[] | undefined;
}

/** What a Session document says. */
export interface SessionDocument {
  /** Such as `Port`; empty when it names none. */
  readonly sessionType: string;
  /** By their names. */
  readonly parameters: ReadonlyMap<string, DocumentParameter>;
  /** What the agent is asked to do: for commands, for each platform by its name. */
  readonly properties: Readonly<Record<string, unknown>>;
  /** Its settings; for preferences of sessions, all there are. */
  readonly inputs: Readonly<Record<string, unknown>>;
}

/** A session that is open. */
export interface OpenSession {
  readonly sessionId: string;
  readonly target: string;
  readonly documentName: string;
  readonly reason: string;
  /** Milliseconds since the epoch. */
  readonly startedAt: number;
}

/** A request to StartSession (Systems Manager API). */
export interface SessionRequest {
  readonly target: string;
  readonly documentName?: string;
  readonly parameters?: Readonly<Record<string, readonly string[]>>;
  readonly reason?: string;
  /** Called just before the request goes out, which it prevents by throwing. */
  readonly onSend?: () => void;
}

/** What StartSession answers. */
export interface StartedSession {
  readonly sessionId: string;
  readonly tokenValue: string;
  readonly streamUrl: string;
}

/** The account whose credentials are used. */
export interface CallerIdentity {
  readonly account: string;
  readonly arn: string;
}

/** Which nodes are asked for; nothing means all. */
export interface NodeFilter {
  readonly id?: string;
  /** Value of the Name tag. */
  readonly nameTag?: string;
}

/**
 * What the program's own commands ask Systems Manager. Each call
 * rejects with an `AwsError` only, whose message names the action, the object and what to do.
 */
export interface Fleet {
  /**
   * Has the credentials looked up now, while a person can be asked. That there are none is left to the
   * calls to report.
   *
   * @throws an error that `isPromptLeft` knows when the person leaves
   */
  prepareCredentials(): Promise<void>;
  startSession(request: SessionRequest): Promise<StartedSession>;
  terminateSession(sessionId: string): Promise<void>;
  /** Page by page, as they come. */
  nodes(filter?: NodeFilter): AsyncIterable<ManagedNode>;
  /** All EC2 instances of the region, managed or not. */
  instances(): Promise<readonly Ec2Instance[]>;
  /** A Session document by its name; `not-found` when there is none. */
  document(name: string): Promise<SessionDocument>;
  /** Open sessions of the caller. */
  openSessions(): Promise<readonly OpenSession[]>;
  callerIdentity(): Promise<CallerIdentity>;
  /** Whether an agent is connected to the message gateway right now. */
  isConnected(target: string): Promise<boolean>;
  /** The URL at which a service is called: a configured one, else the region's. Asks nobody. */
  endpoint(service: SessionEndpoint): Promise<string>;
}
