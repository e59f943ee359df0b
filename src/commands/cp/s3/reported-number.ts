import { CommandError } from '../../../cli/framework/command-context.ts';
import { s3Failures } from '../../../failures/copies/s3.ts';

const WHOLE_NUMBER = /^-?\d{1,15}$/;
/** The largest time of a `Date`, in seconds. */
const LATEST_SECONDS = 8.64e12;

/** Reads a number of bytes that a target has reported, which may be anything. @returns undefined when it is none */
export function reportedBytes(text: string | undefined): number | undefined {
  const bytes = wholeNumber(text);
  return bytes !== undefined && bytes >= 0 ? bytes : undefined;
}

/** The same for a time in seconds, which may be before 1970. */
export function reportedSeconds(text: string | undefined): number | undefined {
  const seconds = wholeNumber(text);
  return seconds !== undefined && Math.abs(seconds) <= LATEST_SECONDS ? seconds : undefined;
}

/**
 * Requires a number that a target has reported about a path.
 *
 * @throws CommandError when it is none
 */
export function given(path: string, value: number | undefined): number {
  if (value !== undefined) return value;
  const why = 'the answer of the target is not valid';
  throw new CommandError(s3Failures['s3-source-unreadable'](path, why));
}

function wholeNumber(text: string | undefined): number | undefined {
  return text !== undefined && WHOLE_NUMBER.test(text) ? Number(text) : undefined;
}
