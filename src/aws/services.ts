import type { Clock } from '../lib/clock.ts';
import type { Logger } from '../logging/logger.ts';
import type { Network } from '../network/network.ts';
import type { AwsCredentials, CredentialsSource } from './credentials/credentials.ts';

/** Environment variables, as `process.env` holds them. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** What the calls to AWS depend on. */
export interface AwsServicesOptions {
  /** Region of the session, e.g. `us-east-1`. */
  readonly region: string;
  /** Name of the profile the caller works with; empty when it named none. */
  readonly profile: string;
  /**
   * The endpoint the caller handed over; empty when it did not. One that does not answer the SSM
   * API is ignored (docs/design/protocol.md#arguments).
   */
  readonly endpoint: string;
  /** The process's own environment: the AWS SDK reads `process.env` itself where it looks for more. */
  readonly env: Environment;
  readonly network: Network;
  readonly logger: Logger;
  readonly clock: Clock;
  /** Shared by all calls of the run. */
  readonly credentials: CredentialsSource;
}

/** What ResumeSession answers. */
export interface ResumedSession {
  /** Empty when the session is over. */
  readonly tokenValue: string;
  /** Replaces the old URL; empty when the service gave none. */
  readonly streamUrl: string;
}

/** What a data key is asked for (docs/design/protocol.md#encryption). */
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
  /** The key as only KMS can read it, for the agent. */
  readonly cipherTextBlob: Buffer;
  /** 64 bytes. */
  readonly plaintext: Buffer;
}

/**
 * The calls to AWS. Each one is bounded in time, is tried again as the AWS SDK does, and rejects with
 * an `AwsError` only.
 */
export interface AwsServices {
  /** Credentials of the profile, or of the default chain. */
  credentials(): Promise<AwsCredentials>;
  resumeSession(sessionId: string): Promise<ResumedSession>;
  terminateSession(sessionId: string): Promise<void>;
  generateDataKey(request: GenerateDataKeyRequest): Promise<GeneratedDataKey>;
}
