import { AwsError } from '../../../aws/sdk/aws-error.ts';
import { readyFailures } from '../../../failures/ready.ts';
import { quoteForShell } from '../../../lib/quote-for-shell.ts';
import { longerWait, timeText } from '../../framework/wait-time.ts';
import type { MissingPart } from './ready-step.ts';

/** Between two questions about a target, in milliseconds: an instance takes half a minute and more to start. */
export const READY_POLL_MS = 2_000;

/** What a target lacks at the end of the time, after a colon. */
const MISSING: Readonly<Record<MissingPart, string>> = {
  instance: 'EC2 does not know this instance',
  stopping: 'the instance is still stopping',
  stopped: 'the instance is stopped',
  starting: 'the instance is still starting',
  agent: 'its SSM Agent has not connected to Systems Manager',
  sessions: 'its SSM Agent is online, but sessions do not start yet',
  answer: 'a session has started, but the SSM Agent does not answer',
};

/** A target that may become ready. */
export interface AwaitedTarget {
  readonly id: string;
  /** As messages name it. */
  readonly title: string;
}

/** The failure of a target that is not ready in time. */
export function notReady(
  { id, title }: AwaitedTarget,
  missing: MissingPart,
  limitMs: number,
): AwsError {
  const remedy = remedyFor(missing, id, limitMs);
  return new AwsError(
    readyFailures['target-not-ready'](title, timeText(limitMs), MISSING[missing], remedy),
  );
}

function remedyFor(missing: MissingPart, id: string, limitMs: number): string {
  const longer = `To wait longer, pass --wait=${longerWait(limitMs)}`;
  switch (missing) {
    case 'stopped':
      return 'To start it, add --start';
    case 'instance':
    case 'stopping':
    case 'starting':
      return longer;
    case 'agent':
    case 'sessions':
    case 'answer':
      return `To find out why, run \`session-manager-plugin doctor ${quoteForShell(id)}\`. ${longer}`;
  }
}
