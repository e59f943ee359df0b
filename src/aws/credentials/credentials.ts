import type { SdkCredentials } from './sdk-credential-chain.ts';

/** AWS credentials as a signer needs them. They must never reach a log or an error text. */
export interface AwsCredentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  /** Present with temporary credentials only. */
  readonly sessionToken?: string;
  /** When temporary credentials end, where their source says so. */
  readonly expiration?: Date;
}

/** Loads what asks the AWS SDK for credentials: a part of the program that is not read before. */
export type LoadSdk = () => Promise<SdkCredentials>;

/** Where all calls of one run get their credentials from. */
export interface CredentialsSource {
  /**
   * Credentials of the profile, or of the default chain.
   *
   * @param loadSdk - used when the AWS SDK has to be asked
   * @throws AwsError; or, with a person there who leaves a prompt, an error that `isPromptLeft` knows
   */
  get(loadSdk: LoadSdk): Promise<AwsCredentials>;
  /** A service has refused these as expired: they are not used again. */
  discard(refused: AwsCredentials): void;
}
