import type { ApiFailure } from '../api/answers/refused-request.ts';
import { decide, type Access, type Policy } from './policy.ts';

/** Who calls AWS. */
export interface Principal {
  readonly account: string;
  readonly arn: string;
  /** `aws:userid` of policies. */
  readonly userId: string;
}

/** One access without the condition keys of its caller. */
export type Request = Pick<Access, 'action' | 'resource'> & Partial<Pick<Access, 'context'>>;

/** The permissions of one principal. */
export interface Iam {
  /** From now on only what these policies allow is allowed; with undefined, everything is. */
  attach(policies: readonly Policy[] | undefined): void;
  /** Actions that were refused so far, in their order. */
  readonly refused: readonly string[];
  /** Why not all of these are allowed, in the words of AWS; undefined when they are. */
  refusal(requests: readonly Request[]): string | undefined;
}

/** Creates permissions that allow everything, until policies are attached. */
export function createIam(principal: Principal): Iam {
  let policies: readonly Policy[] | undefined;
  const refused: string[] = [];
  const own = {
    'aws:userid': principal.userId,
    'aws:username': principal.arn.slice(principal.arn.lastIndexOf('/') + 1),
  };
  return {
    refused,
    attach(attached) {
      policies = attached;
    },
    refusal(requests) {
      for (const { action, resource, context } of policies === undefined ? [] : requests) {
        const access = { action, resource, context: { ...own, ...context } };
        const decision = decide(policies ?? [], access);
        if (decision === 'allowed') continue;
        refused.push(action);
        const on = resource === '*' ? '' : ` on resource: ${resource}`;
        const why =
          decision === 'denied'
            ? 'with an explicit deny in an identity-based policy'
            : `because no identity-based policy allows the ${action} action`;
        return `User: ${principal.arn} is not authorized to perform: ${action}${on} ${why}`;
      }
      return undefined;
    },
  };
}

/** The error of services with AWS JSON 1.1. */
export function accessDenied(message: string): ApiFailure {
  return { status: 400, type: 'AccessDeniedException', message };
}
