import { EXIT_OWN_FAILURE } from '../../../cli/framework/failure.ts';
import type { FailureReason } from '../../../cli/run/json-failures.ts';
import { messageOf } from '../../../lib/errors/failure.ts';
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
  /** The session has taken connections. */
  readonly hasJoined: boolean;
  /** It, or one before it in its place, has. */
  readonly hasEverJoined: boolean;
  /** The destination has sent something through it. */
  readonly hasAnswered: boolean;
  /** The port has ended it, because no connection was open for a while. */
  readonly isDismissed: boolean;
  /** Local programs can connect. */
  readonly portListens: boolean;
  /** Other sessions take connections. */
  readonly othersServe: boolean;
  /** Local programs are connected, or were until the session ended. */
  readonly hasConnections: boolean;
  /** Sessions before it, one after the other, of which none was of use. */
  readonly failures: number;
}

/**
 * How often a session is started that AWS has throttled, the first time included, when the port does not need it
 * otherwise: for about a minute.
 */
const MAX_THROTTLED_STARTS = 6;

/** Failures that another session does not change (`src/failures/calls.ts`). */
const PERMANENT: ReadonlySet<string> = new Set([
  'access-denied',
  'document-not-found',
  'document-refused',
  'parameters-refused',
  // Of stdout or stderr (`src/lib/errors/output-error.ts`): nothing can be reported any more.
  'output-unwritable',
]);

/** @returns what follows the end of a session */
export function nextStep(facts: ExitFacts): NextStep {
  const { outcome, hasJoined, hasConnections } = facts;
  if (facts.isStopping) return 'close';
  const isThrottled = outcome.kind === 'failed' && outcome.reason === 'throttled' && !hasJoined;
  if (isThrottled && facts.failures + 1 < MAX_THROTTLED_STARTS) return 'pause';
  if (!facts.restarts || (outcome.kind === 'failed' && isPermanent(outcome))) return 'close';
  // What prevents the first one prevents all. Others can do without one more.
  if (!facts.hasEverJoined && (!facts.portListens || facts.othersServe)) return 'close';
  if (!hasConnections) return 'rest';
  if (facts.isDismissed) return 'replace';
  return hasJoined && (facts.hasAnswered || facts.failures === 0) ? 'replace' : 'pause';
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
