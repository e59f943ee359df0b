import type { AwsCredentials } from './credentials.ts';
import type { ConfigSection } from '../shared-config.ts';

/** A source of credentials that the AWS SDK reads. */
export type SdkSource =
  /** A profile whose source is a web identity, IAM Identity Center or `aws login`. */
  | { readonly kind: 'profile'; readonly profileName: string }
  /** The `credential_source` of a profile, by its name. */
  | { readonly kind: 'credential-source'; readonly profileName: string; readonly name: string }
  /** The source that an environment variable names. */
  | { readonly kind: 'environment'; readonly variable: string }
  /** The metadata of a machine in AWS. */
  | { readonly kind: 'machine' };

/** A role that is assumed. */
export interface RoleRequest {
  readonly profileName: string;
  /** The profile's settings: `role_arn` and the others of the role. */
  readonly settings: ConfigSection;
  /** The code of the MFA device that `mfa_serial` names; undefined without one. */
  readonly mfaCode: string | undefined;
}

/** The AWS SDK's sources of credentials. Both calls reject with an `AwsError` only. */
export interface SdkCredentials {
  ask(source: SdkSource): Promise<AwsCredentials>;
  /** @param by - whose credentials sign the request */
  assumeRole(request: RoleRequest, by: AwsCredentials): Promise<AwsCredentials>;
}
