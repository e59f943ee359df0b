import type { Failure } from './failure.ts';
import { familyOf, ProgramError } from './program-error.ts';

/** A session of a command could not start, or did not last. */
export class SessionError extends ProgramError<'session'> {
  override readonly name = 'SessionError';

  constructor({ code, problem, remedy }: Omit<Failure, 'reason'>) {
    super('session', { code, problem, remedy, reason: 'session' });
  }
}

/** Whether an error is a {@link SessionError}. */
export function isSessionError(thrown: unknown): thrown is SessionError {
  return familyOf(thrown) === 'session';
}
