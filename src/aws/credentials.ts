/** AWS credentials as a signer needs them. They must never reach a log or an error text. */
export interface AwsCredentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  /** Present with temporary credentials only. */
  readonly sessionToken?: string;
  /** When temporary credentials end, where their source says so. */
  readonly expiration?: Date;
}
