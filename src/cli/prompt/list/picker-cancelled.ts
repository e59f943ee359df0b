import { familyOf, ProgramError } from '../../../lib/errors/program-error.ts';

/** The user has left a list without picking anything, with Ctrl-C or Esc, or a signal has closed it. */
export class PickerCancelledError extends ProgramError<'cancelled'> {
  override readonly name = 'PickerCancelledError';

  constructor() {
    super('prompt', {
      code: 'target-not-chosen',
      reason: 'cancelled',
      problem: 'no item of the list was picked',
      remedy: '',
    });
  }
}

/** Whether an error is a {@link PickerCancelledError}. */
export function isPickerCancelled(thrown: unknown): thrown is PickerCancelledError {
  return familyOf(thrown) === 'prompt';
}
