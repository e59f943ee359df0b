import { EXIT_OWN_FAILURE } from '../../../cli/framework/failure.ts';
import type { MachineEnd } from './machine.ts';

/** The highest status that a program of a POSIX system can have. */
const HIGHEST_STATUS = 255;

/** Whether the command has succeeded. */
export function hasSucceeded(end: MachineEnd): boolean {
  return end.kind === 'exited' && end.status === 0;
}

/**
 * The status of a machine as an exit status: 255 where the command has none. Windows has more statuses; the system would
 * take 256 for 0.
 */
export function exitStatusOf(end: MachineEnd): number {
  if (end.kind === 'unfinished') return EXIT_OWN_FAILURE;
  return end.status >= 0 && end.status <= HIGHEST_STATUS ? end.status : EXIT_OWN_FAILURE;
}

/** Why a command has no status, by AWS's names (Systems Manager API, `CommandInvocation`, `StatusDetails`). */
const REASONS: Readonly<Record<string, string>> = {
  Cancelled: 'cancelled',
  Terminated: 'did not run: too many machines had failed',
  Undeliverable: 'did not run: its agent did not get the command',
  DeliveryTimedOut: 'did not run: its agent did not get the command in time',
  // An agent reports a command that ends itself with 137 so, too (agent, `pluginutil.GetStatus`).
  ExecutionTimedOut: 'ended by --timeout, or with status 137',
  TimedOut: 'ended by --timeout',
  AccessDenied: 'did not run: access denied',
  InvalidPlatform: 'did not run: it has another platform',
  NotListed: 'did not run: AWS reports nothing about it',
  NotSent: 'did not run: the run was cancelled before',
};

/** How the command ended, in a few words: `status 3`, `ended by --timeout`. */
export function endText(end: MachineEnd): string {
  if (end.kind === 'exited') return `status ${end.status}`;
  return REASONS[end.why] ?? `no status (${end.why})`;
}
