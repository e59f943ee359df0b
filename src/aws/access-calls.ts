import type { AwsCredentials } from './credentials/credentials.ts';

/** Just-in-time access to nodes (Systems Manager user guide, "Just-in-time node access"). */
export interface AccessCalls {
  /**
   * Requests access to a node.
   *
   * @returns the id of the request
   */
  requestAccess(target: string, reason: string): Promise<string>;
  /** How far a request is, and the credentials that it has granted. */
  accessToken(requestId: string): Promise<AccessToken>;
}

/** States of a request (Systems Manager API, GetAccessToken, `AccessRequestStatus`). */
export type AccessState = 'Approved' | 'Rejected' | 'Revoked' | 'Expired' | 'Pending';

/** The answer of GetAccessToken. */
export type AccessToken =
  | { readonly state: 'Approved'; readonly credentials: AwsCredentials }
  | { readonly state: Exclude<AccessState, 'Approved'> };
