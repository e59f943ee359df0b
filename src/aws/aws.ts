import type { AccessCalls } from './access-calls.ts';
import type { AwsCredentials } from './credentials/credentials.ts';
import type { DatabaseSignInCalls } from './database-sign-in.ts';
import type { DatabaseCalls } from './databases.ts';
import type { SessionEndpoint } from './endpoint.ts';
import type { EcsCalls, EcsPlace } from './ecs.ts';
import type { InstanceConnectCalls } from './instance-connect.ts';
import type { ObjectStoreCalls } from './object-store.ts';
import type { RunCommandCalls } from './run-command.ts';

/**
 * Everything that the program asks of AWS. Each call has a time limit, is retried as the AWS SDK does,
 * and rejects with an `AwsError` only, whose message names the action, the object and what to do.
 */
export interface Aws
  extends
    CredentialCalls,
    SessionCalls,
    EncryptionCalls,
    NodeCalls,
    EcsCalls,
    DocumentCalls,
    EndpointCalls,
    ObjectStoreCalls,
    RunCommandCalls,
    InstanceConnectCalls,
    AccessCalls,
    DatabaseCalls,
    DatabaseSignInCalls {}

/** Whose credentials the calls use. */
export interface CredentialCalls {
  /** Credentials of the profile, or of the default chain. */
  credentials(): Promise<AwsCredentials>;
  /**
   * Resolves the credentials now, while the user can be asked. Missing credentials are no error here, because
   * the calls report them.
   *
   * @throws an error that `isPromptCancelled` knows when the user leaves a prompt
   */
  prepareCredentials(): Promise<void>;
  callerIdentity(): Promise<CallerIdentity>;
}

/** The account whose credentials are used. */
export interface CallerIdentity {
  readonly account: string;
  readonly arn: string;
}

/** Sessions of Systems Manager. */
export interface SessionCalls {
  startSession(request: SessionRequest): Promise<StartedSession>;
  resumeSession(sessionId: string): Promise<ResumedSession>;
  terminateSession(sessionId: string): Promise<void>;
  /** Open sessions of the caller. */
  openSessions(): Promise<readonly OpenSession[]>;
  /** Sessions that have ended. */
  pastSessions(wanted: PastSessionFilter): Promise<readonly PastSession[]>;
  /** Whether an agent is connected to the message gateway right now. */
  isConnected(target: string): Promise<boolean>;
}

/** A request to StartSession (Systems Manager API). */
export interface SessionRequest {
  readonly target: string;
  /** The target as failures name it; by default its id. */
  readonly targetTitle?: string;
  readonly documentName?: string;
  readonly parameters?: Readonly<Record<string, readonly string[]>>;
  readonly reason?: string;
  /** The container for which ECS starts the session, with the command of the parameters; StartSession is not called then. */
  readonly container?: EcsPlace | undefined;
  /** Is called just before the request is sent. The request is not sent if it throws. */
  readonly onSend?: () => void;
}

/** The answer of StartSession. */
export interface StartedSession {
  readonly sessionId: string;
  readonly tokenValue: string;
  readonly streamUrl: string;
}

/** The answer of ResumeSession. */
export interface ResumedSession {
  /** Empty when the session has ended. */
  readonly tokenValue: string;
  /** Replaces the old URL; empty when the service sent none. */
  readonly streamUrl: string;
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

/** Which sessions of the past are wanted. */
export interface PastSessionFilter {
  /** Those that have started since, in milliseconds since the epoch. */
  readonly since: number;
  /** Id of a target; undefined for all. */
  readonly target: string | undefined;
  /** Whether only those of the caller are. */
  readonly isOwn: boolean;
}

/** A session that has ended. */
export interface PastSession extends OpenSession {
  /** ARN of who has started it. */
  readonly owner: string;
  /** Milliseconds since the epoch; undefined when AWS does not know it. */
  readonly endedAt: number | undefined;
  /** What AWS has recorded of its end, such as `Terminated` or `Failed`. */
  readonly status: string;
  /** AWS's sentence about it; empty for none. */
  readonly details: string;
}

/** Keys for the encryption of sessions, from KMS. */
export interface EncryptionCalls {
  generateDataKey(request: GenerateDataKeyRequest): Promise<GeneratedDataKey>;
}

/** A request for a data key (docs/design/protocol.md#encryption). */
export interface GenerateDataKeyRequest {
  /** Id, ARN or alias of the key, as the agent named it. */
  readonly kmsKeyId: string;
  readonly sessionId: string;
  /** `Target` of the StartSession request. */
  readonly targetId: string;
  /** The agent's random challenge (base64 text); undefined when it sent none. */
  readonly challenge: string | undefined;
}

/** A data key of KMS. */
export interface GeneratedDataKey {
  /** The key in the form that only KMS can decrypt, for the agent. */
  readonly cipherTextBlob: Buffer;
  /** 64 bytes. */
  readonly plaintext: Buffer;
}

/** Machines that sessions can be opened to. */
export interface NodeCalls {
  /** Managed nodes, page by page, as the answers arrive. */
  nodes(filter?: NodeFilter): AsyncIterable<ManagedNode>;
  /** All EC2 instances of the region, managed or not. */
  instances(): Promise<readonly Ec2Instance[]>;
  /** The state of one EC2 instance; undefined when there is no such instance. */
  instance(id: string): Promise<InstanceStatus | undefined>;
  /** Starts a stopped EC2 instance. Resolves when EC2 has accepted it. */
  startInstance(id: string): Promise<void>;
  /**
   * The password of the administrator of an EC2 instance, as EC2 has it: encrypted for the key pair of the instance, in
   * base64. Empty when there is none (EC2 API, GetPasswordData).
   *
   * @throws AwsError
   */
  passwordData(id: string): Promise<string>;
}

/** Selects managed nodes; an empty filter selects all. */
export interface NodeFilter {
  readonly ids?: readonly string[];
  /** Value of the Name tag. */
  readonly nameTag?: string;
  /** Tags that a node has all of; of several values of one key, it has one. */
  readonly tags?: ReadonlyMap<string, readonly string[]>;
}

/** Kinds of systems that Systems Manager distinguishes. */
export type PlatformType = 'Linux' | 'MacOS' | 'Windows';

/** A managed node as Systems Manager describes it. */
export interface ManagedNode {
  /** `i-…` or `mi-…`. */
  readonly id: string;
  /**
   * Its Name tag where the filter selects by tag, else the name it was registered with, else its host
   * name.
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

/** States of an EC2 instance (EC2 user guide, "Amazon EC2 instance state changes"). */
export type InstanceState =
  'pending' | 'running' | 'stopping' | 'stopped' | 'shutting-down' | 'terminated';

/** The state of an EC2 instance, and why EC2 has changed it. */
export interface InstanceStatus {
  readonly state: InstanceState;
  /** EC2's own sentence about the last change; empty without one. */
  readonly reason: string;
}

/** An EC2 instance and its names. */
export interface Ec2Instance {
  readonly id: string;
  readonly state: InstanceState;
  /** Value of its Name tag; empty without one. */
  readonly nameTag: string;
  /** Its private addresses. */
  readonly addresses: readonly string[];
  /** Its DNS names, private and public. */
  readonly hostNames: readonly string[];
  readonly details: InstanceDetails;
}

/** What else EC2 knows about an instance. A text is empty when it has none. */
export interface InstanceDetails {
  readonly tags: Readonly<Record<string, string>>;
  readonly publicAddress: string;
  /** `vpc-…`. */
  readonly vpc: string;
  /** Its availability zone: `us-east-1a`. */
  readonly zone: string;
  /** `ami-…`. */
  readonly image: string;
  /** ISO 8601. */
  readonly launchTime: string;
}

/** Documents of Systems Manager. */
export interface DocumentCalls {
  /** A Session document by its name; rejects with the reason `not-found` when it does not exist. */
  document(name: string): Promise<SessionDocument>;
  /** Names of the documents that sessions can be started with. */
  sessionDocuments(): Promise<readonly string[]>;
}

/** The content of a Session document. */
export interface SessionDocument {
  /** Such as `Port`; empty when it names none. */
  readonly sessionType: string;
  /** By their names. */
  readonly parameters: ReadonlyMap<string, DocumentParameter>;
  /** What the agent has to do: for commands, for each platform by its name. */
  readonly properties: Readonly<Record<string, unknown>>;
  /** Its settings; a document of session preferences holds nothing else. */
  readonly inputs: Readonly<Record<string, unknown>>;
}

/** A parameter of a document. */
export interface DocumentParameter {
  /** Undefined when a value is required. */
  readonly defaultValue: string | undefined;
  /** Undefined when every value is allowed. */
  readonly allowedValues: readonly string[] | undefined;
}

/** Where services are. */
export interface EndpointCalls {
  /** The URL of a service: the configured one, else the region's. Sends no request. */
  endpoint(service: SessionEndpoint): Promise<string>;
}
