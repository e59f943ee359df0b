import { accessDenied, type Iam, type Request } from '../../iam/iam.ts';
import { RefusedRequest, type ApiFailure } from './refused-request.ts';

/** What the double does with each call of a service, whatever it asks. */
export interface CallGate {
  /** The permissions of the caller. */
  readonly iam: Iam;
  /** Receives each call. */
  readonly onCall: (operation: string) => void;
  /** What an operation is refused with; undefined when it is not. */
  readonly refusal: (operation: string) => ApiFailure | undefined;
}

/**
 * Records a call, and lets it pass when neither a test nor the caller's permissions refuse it.
 *
 * @param access - what it needs
 * @param deniedStatus - of an answer to a caller without the permission
 * @throws RefusedRequest
 */
export function admitCall(
  { iam, onCall, refusal }: CallGate,
  operation: string,
  access: readonly Request[],
  deniedStatus?: number,
): void {
  onCall(operation);
  const refused = refusal(operation);
  if (refused !== undefined) {
    throw new RefusedRequest(refused.type, refused.message, refused.status);
  }
  const message = iam.refusal(access);
  if (message === undefined) return;
  const denied = accessDenied(message);
  throw new RefusedRequest(denied.type, denied.message, deniedStatus ?? denied.status);
}
