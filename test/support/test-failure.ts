import type { Failure } from '../../src/lib/errors/failure.ts';

/** A failure with this text, for a test in which its code does not matter. */
export function testFailure<Reason extends string>(
  reason: Reason,
  problem: string,
): Failure<Reason> {
  return { code: 'of-the-test', reason, problem, remedy: '' };
}
