import { familyOf, ProgramError } from '../../../lib/errors/program-error.ts';

/** The person has left a list without picking anything, with Ctrl-C or Esc, or a signal has closed it. */
export class PickerLeftError extends ProgramError<'left'> {
  override readonly name = 'PickerLeftError';

  constructor() {
    super('prompt', 'left', 'no item of the list was picked');
  }
}

/** Whether an error is a {@link PickerLeftError}. */
export function isPickerLeft(thrown: unknown): thrown is PickerLeftError {
  return familyOf(thrown) === 'prompt';
}
