import { AwsError } from '../../../aws/sdk/aws-error.ts';
import { CommandError } from '../../../cli/framework/command-context.ts';
import { EXIT_OWN_FAILURE } from '../../../cli/framework/failure.ts';
import type { FailureReason } from '../../../cli/run/json-failures.ts';
import { messageOf } from '../../../lib/errors/failure.ts';
import { SessionError } from '../../../lib/errors/session-error.ts';
import type { SessionFailure } from '../../../session/ending.ts';
import type { PortFailure } from '../../../cli/ports/forwarded-port.ts';
import type { NextStep } from './session-states.ts';

/** How a session ended. */
export type SessionOutcome =
  /** The user, a signal or the remote side wanted it to end. */
  { readonly kind: 'ended'; readonly status: number } | FailedOutcome;

/** A session that could not be started, or was cut off. */
export type FailedOutcome = { readonly kind: 'failed'; readonly status: number } & PortFailure;

/** What is known at the end of one session of a port. */
export interface ExitFacts {
  readonly outcome: SessionOutcome;
  /** False when the forwarding ends with its sessions, or is being ended. */
  readonly restarts: boolean;
  /** The user wants no more sessions. */
  readonly isStopping: boolean;
  /** The session, or one before it in its place, has. */
  readonly hasEverJoined: boolean;
  /** Local programs can connect. */
  readonly portListens: boolean;
  /** Other sessions take connections. */
  readonly othersServe: boolean;
  /** Local programs are connected, or were until the session ended. */
  readonly hasConnections: boolean;
  /** How long the next one has to wait, in milliseconds, because sessions before it were of no use. */
  readonly pauseMs: number;
}

/** Failures that another session does not change (`src/failures/calls.ts`). */
const PERMANENT: ReadonlySet<string> = new Set([
  'access-denied',
  'document-not-found',
  'document-refused',
  'parameters-refused',
  // What a target lacks for a fast tunnel (`src/failures/tunnels.ts`).
  'tunnel-needed',
  'tunnel-without-interpreter',
  'tunnel-without-directory',
  'tunnel-without-fifo',
  // Of its sudo, for `--user` (`src/failures/shells.ts`).
  'sudo-missing',
  'user-not-allowed',
  'user-unknown',
  'windows-unsupported',
  // Of stdout or stderr (`src/lib/errors/output-error.ts`): nothing can be reported any more.
  'output-unwritable',
]);

/** @returns what follows the end of a session */
export function nextStep(facts: ExitFacts): NextStep {
  const { outcome } = facts;
  if (facts.isStopping || !facts.restarts) return 'close';
  if (outcome.kind === 'failed' && isPermanent(outcome)) return 'close';
  // What prevents the first one prevents all. Others can do without one more.
  if (!facts.hasEverJoined && (!facts.portListens || facts.othersServe)) return 'close';
  if (!facts.hasConnections) return 'rest';
  return facts.pauseMs === 0 ? 'replace' : 'pause';
}

/** The outcome of a session that failed for this reason. */
export function failedAs(reason: FailureReason, failure: SessionFailure): FailedOutcome {
  const { code } = failure;
  return { kind: 'failed', status: EXIT_OWN_FAILURE, reason, code, message: messageOf(failure) };
}

/** Whether another session would fail in the same way. */
export function isPermanent({ code, reason }: Pick<PortFailure, 'code' | 'reason'>): boolean {
  return PERMANENT.has(code) || PERMANENT.has(reason);
}

/** The error of an outcome, for those who report errors. */
export function errorOf({ reason, code, message }: FailedOutcome): Error {
  const failure = { code, problem: message, remedy: '' };
  switch (reason) {
    case 'session':
      return new SessionError(failure);
    case 'usage':
    case 'input':
    case 'output':
    case 'internal':
      return new CommandError({ ...failure, reason: 'input' });
    default:
      return new AwsError({ ...failure, reason });
  }
}
