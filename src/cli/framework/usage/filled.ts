import { ValueError } from './value-error.ts';

/**
 * Reads the value of an option for the target.
 *
 * @throws ValueError for one that a program there would take for an option, or that is empty
 */
export function filled(value: string): string {
  if (value !== '' && !value.startsWith('-')) return value;
  throw new ValueError(['Pass a value that is not empty and does not begin with -.']);
}
