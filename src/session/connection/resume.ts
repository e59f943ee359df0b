import type { Clock } from '../../lib/clock.ts';
import type { Logger } from '../../logging/logger.ts';
import type { ResumeAnswer, SessionService } from '../session-service.ts';
import type { SessionFailure } from '../ending.ts';
import type { Loss } from './connection-loss.ts';
import type { ConnectionEnd } from './connection-options.ts';
import type { OpenProblem } from './start-data-channel.ts';

/** What resuming a session works with. */
export interface ResumeOptions {
  readonly clock: Clock;
  readonly logger: Logger;
  readonly service: Pick<SessionService, 'resumeSession'>;
  readonly loss: Loss;
  /** How long after the loss an attempt may still begin. */
  readonly timeoutMs: number;
  /** Waits before another attempt. */
  readonly pause: () => Promise<void>;
  readonly isClosed: () => boolean;
  /** Opens a socket, with a new token and address if there are any. @returns undefined when it is open */
  readonly open: (renewed?: Renewed) => Promise<OpenProblem | undefined>;
  /** The end for a session that the service refuses to resume. */
  readonly refusedAs: () => 'lost' | 'not-opened';
}

/** Token and address of a session that the service has resumed. */
export type Renewed = Extract<ResumeAnswer, { readonly kind: 'resumed' }>;

/** The result of one attempt: a socket, a reason to try again, or the end. */
type Attempt =
  | { readonly kind: 'done' }
  | { readonly kind: 'retry'; readonly failure: SessionFailure }
  | { readonly kind: 'end'; readonly end: ConnectionEnd };

const DONE: Attempt = { kind: 'done' };

/**
 * Resumes a session until a socket is open, the service refuses or the time limit has passed
 * (docs/design/protocol.md#resume).
 *
 * @param failed - why the previous attempt failed; undefined to try at once
 * @returns why the session cannot be resumed; undefined when a socket is open or the connection closed
 */
export async function resume(
  options: ResumeOptions,
  failed: SessionFailure | undefined,
): Promise<ConnectionEnd | undefined> {
  const { clock, logger, loss, isClosed } = options;
  let problem = failed;
  for (;;) {
    if (problem !== undefined) {
      logger.info(`resuming failed: ${problem.problem}`);
      if (clock.monotonic() - loss.since >= options.timeoutMs) {
        return { kind: 'lost', failure: problem };
      }
      await options.pause();
      if (isClosed()) return undefined;
    }
    const answer = await options.service.resumeSession();
    if (isClosed()) return undefined;
    const attempt = await follow(answer, options);
    if (attempt.kind === 'done' || isClosed()) return undefined;
    if (attempt.kind === 'end') return attempt.end;
    problem = attempt.failure;
  }
}

async function follow(answer: ResumeAnswer, options: ResumeOptions): Promise<Attempt> {
  switch (answer.kind) {
    case 'ended':
      return { kind: 'end', end: { kind: 'timed-out' } };
    case 'unavailable':
      return { kind: 'retry', failure: answer.failure };
    case 'refused':
      return tryOldToken(answer.failure, options);
    case 'resumed': {
      const problem = await options.open(answer);
      return problem === undefined ? DONE : { kind: 'retry', failure: problem.failure };
    }
  }
}

/** The old token outlives a short outage: it is tried once. */
async function tryOldToken(
  failure: SessionFailure,
  { loss, open, refusedAs }: ResumeOptions,
): Promise<Attempt> {
  if (!loss.triedOldToken) {
    loss.triedOldToken = true;
    if ((await open()) === undefined) return DONE;
  }
  return { kind: 'end', end: { kind: refusedAs(), failure } };
}
