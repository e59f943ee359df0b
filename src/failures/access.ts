import { defineFailures } from '../lib/errors/failure.ts';
import { printable } from '../lib/printable.ts';

/** Failures of just-in-time access. `title` is safe to show. */
export const accessFailures = defineFailures({
  'access-not-granted': {
    reason: 'access-denied',
    text: (title: string, id: string, what: string) => [
      `The access request ${id} for ${title} ${what}`,
      'Ask an approver, or request it again with --request-access and --reason',
    ],
  },
  'access-pending': {
    reason: 'access-denied',
    text: (title: string, id: string, limit: string) => [
      `Cannot start a session on ${title}: the access request ${id} was not approved within ${limit}`,
      `When it is approved, run the command with --access ${id} instead of --request-access`,
    ],
  },
  'access-request-needed': {
    reason: 'access-denied',
    text: (problem: string, command: string) => [problem, `You can request access:\n  ${command}`],
  },
  'access-requested': {
    reason: 'access-denied',
    text: (problem: string, request: string, use: string, command: string) => [
      problem,
      `Your ${request}. To ${use} it:\n  ${command}`,
    ],
  },
  'access-request-unknown': {
    reason: 'not-found',
    text: (id: string) => [
      `You have no access request "${printable(id)}" in this region`,
      'Check its id, --region and --profile. To list your requests, run `session-manager-plugin access`',
    ],
  },
  'access-reason-missing': {
    reason: 'invalid',
    text: () => ['--request-access needs a reason for the approvers', 'Add --reason TEXT'],
  },
});
