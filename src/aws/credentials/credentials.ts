import type { SdkCredentials } from './sdk-credential-chain.ts';

/** AWS credentials as a signer needs them. They must never reach a log or an error text. */
export interface AwsCredentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  /** Present with temporary credentials only. */
  readonly sessionToken?: string;
  /** When temporary credentials expire; undefined when their source does not state it. */
  readonly expiration?: Date;
}

/** Loads the AWS SDK's sources of credentials, a part of the program that is read only then. */
export type LoadSdk = () => Promise<SdkCredentials>;

/** Where all calls of one run get their credentials from. */
export interface CredentialsSource {
  /**
   * Credentials of the profile, or of the default chain.
   *
   * @param loadSdk - used when the source is one of the AWS SDK's
   * @throws AwsError; or an error that `isPromptCancelled` knows when the user leaves a prompt
   */
  get(loadSdk: LoadSdk): Promise<AwsCredentials>;
  /** A service has refused these as expired: they are not used again. */
  discard(refused: AwsCredentials): void;
  /** Why services refuse them, where the source knows it; undefined when it grants them. */
  refusal?(): Promise<Error | undefined>;
}
