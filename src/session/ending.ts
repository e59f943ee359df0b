import type { Failure } from '../lib/errors/failure.ts';

/** Why a session cannot start or go on. */
export type SessionFailure = Omit<Failure, 'reason'>;

/** Why a session ends. */
export type End =
  | {
      /** The service has closed the channel, with the agent's reason or an empty text. */
      readonly kind: 'closed-by-service';
      readonly output: string;
    }
  /** The service has reported that the session ended. */
  | { readonly kind: 'timed-out' }
  | {
      /** The connection was lost, and could not be resumed. */
      readonly kind: 'lost';
      readonly failure: SessionFailure;
    }
  | {
      /** The first connection could not be made. */
      readonly kind: 'not-opened';
      readonly failure: SessionFailure;
    }
  | LocalEnd
  /** The program itself has failed. */
  | { readonly kind: 'fatal-error' };

/** How this side ends a session. */
export type LocalEnd =
  | {
      /** The user or a signal wants to leave; `text` is printed, then the exit message. */
      readonly kind: 'leave';
      readonly text: string;
      readonly exitCode: number;
    }
  | {
      /** The reader of stdout has closed it: an ordinary end, with the remote exit status if known. */
      readonly kind: 'reader-closed';
    }
  | {
      /** The session cannot continue: the failure is printed, then the exit message. */
      readonly kind: 'fail';
      readonly failure: SessionFailure;
    }
  | {
      /** `Cannot perform start session: <reason>`. */
      readonly kind: 'cannot-start';
      readonly failure: SessionFailure;
    };

/** What is done on the way out. */
export interface EndPlan {
  /**
   * Received output: `deliver` all of it first, or `close` the session type at once, because the user no
   * longer waits for output.
   */
  readonly received: 'deliver' | 'close';
  /** Whether the session must still be ended on the service. */
  readonly terminates: boolean;
  /**
   * How long a stuck stdout may delay the exit: until the next signal if the remote side ended the session,
   * because its output is wanted; otherwise a moment.
   */
  readonly waits: 'until-signal' | 'a-moment';
}

const REMOTE = { received: 'deliver', terminates: false } as const;
const LOST = { received: 'deliver', terminates: true, waits: 'a-moment' } as const;
const LOCAL = { received: 'close', terminates: true, waits: 'a-moment' } as const;

/** What each end needs. A fatal error is not in the table: it prints nothing and waits for nothing. */
export const END_PLANS: Readonly<Record<Exclude<End['kind'], 'fatal-error'>, EndPlan>> = {
  'closed-by-service': { ...REMOTE, waits: 'until-signal' },
  'timed-out': { ...REMOTE, waits: 'a-moment' },
  lost: LOST,
  'not-opened': LOST,
  leave: LOCAL,
  'reader-closed': LOCAL,
  fail: LOCAL,
  'cannot-start': LOCAL,
};
