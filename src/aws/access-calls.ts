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
  /**
   * Requests of the caller, the newest first.
   *
   * @param target - id of a node; undefined for all
   */
  accessRequests(target?: string): Promise<AccessRequests>;
  /** Whether the account has policies that approve access: without one, requests are not possible. */
  hasApprovalPolicy(): Promise<boolean>;
}

/** Requests for access, and whether AWS has more of them. */
export interface AccessRequests {
  readonly requests: readonly AccessRequest[];
  readonly areAll: boolean;
}

/** A request for access. A text is empty when AWS does not have it. */
export interface AccessRequest {
  readonly id: string;
  /** {@link AccessState}, or another status of OpsItems. */
  readonly state: string;
  readonly target: string;
  /** Milliseconds since the epoch. */
  readonly requestedAt: number;
  /** Until when the access is granted, in milliseconds since the epoch; undefined when AWS does not report it. */
  readonly until: number | undefined;
  readonly reason: string;
}

/** States of a request (Systems Manager API, GetAccessToken, `AccessRequestStatus`). */
export type AccessState = 'Approved' | 'Rejected' | 'Revoked' | 'Expired' | 'Pending';

/** The answer of GetAccessToken. */
export type AccessToken =
  | { readonly state: 'Approved'; readonly credentials: AwsCredentials }
  | { readonly state: Exclude<AccessState, 'Approved'> };
