import { defineFailures } from '../lib/errors/failure.ts';
import { quoteForShell } from '../lib/quote-for-shell.ts';
import { LIST_TARGETS } from './remedies.ts';

/** Failures of a target, or of nodes, to become ready. `title` is safe to show. */
export const readyFailures = defineFailures({
  'target-not-ready': {
    reason: 'target-not-connected',
    text: (title: string, limit: string, missing: string, remedy: string) => [
      `${title} is not ready after ${limit}: ${missing}`,
      remedy,
    ],
  },
  'target-terminated': {
    reason: 'target-not-connected',
    text: (title: string) => [
      `${title} is terminated, and a terminated instance cannot be started`,
      LIST_TARGETS,
    ],
  },
  'target-not-startable': {
    reason: 'target-not-connected',
    text: (title: string) => [
      `${title} is not connected to Systems Manager, and --start cannot start it because it is not an EC2 instance`,
      'Start it yourself, and run this command with --wait',
    ],
  },
  'target-stopped-again': {
    reason: 'target-not-connected',
    text: (title: string, id: string, reason: string) => [
      `${title} was started and has stopped again${reason === '' ? '' : ` (${reason})`}`,
      `To see its console, run \`aws ec2 get-console-output --latest --instance-id ${quoteForShell(id)}\``,
    ],
  },
  'nodes-not-online': {
    reason: 'target-not-connected',
    text: (limit: string, missing: string) => [
      `The nodes are not online after ${limit}: ${missing}`,
      'To list them with their ping statuses, run the command without --wait',
    ],
  },
});
