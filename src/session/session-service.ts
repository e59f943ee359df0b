import type { SessionFailure } from './ending.ts';

/** The answer of ResumeSession. */
export type ResumeAnswer =
  | {
      readonly kind: 'resumed';
      readonly tokenValue: string;
      /** Replaces the old one; empty when the service sent none. */
      readonly streamUrl: string;
    }
  /** The session has ended. */
  | { readonly kind: 'ended' }
  /** Credentials are missing, expired or not allowed: asking again soon gives the same answer. */
  | { readonly kind: 'refused'; readonly failure: SessionFailure }
  /** The service could not be reached or is busy: another attempt may succeed. */
  | { readonly kind: 'unavailable'; readonly failure: SessionFailure };

/** A data key of KMS: 64 plain bytes and their encrypted form. */
export interface DataKey {
  readonly cipherTextBlob: Buffer;
  readonly plaintext: Buffer;
}

/** What KMS needs to know about the session besides its id (docs/design/protocol.md#encryption). */
export interface DataKeyRequest {
  readonly kmsKeyId: string;
  /** Base64 text of the agent; undefined when it sent none. */
  readonly challenge: string | undefined;
}

/** The AWS services as one session needs them. Nothing of the SDK is loaded before a call. */
export interface SessionService {
  /** Asks for a new token and URL. Never rejects. */
  resumeSession(): Promise<ResumeAnswer>;
  /** Ends the session on the service; rejects when that fails. */
  terminateSession(): Promise<void>;
  /** A new data key; rejects with an error for the user. */
  generateDataKey(request: DataKeyRequest): Promise<DataKey>;
}
