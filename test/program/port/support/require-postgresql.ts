import type { TestContext } from 'node:test';
import { findPostgres } from './postgresql.ts';

const ADVICE = 'PostgreSQL is not installed: apt-get install postgresql';

/**
 * The programs of PostgreSQL. Where it is not installed the test is skipped, but on a build server,
 * which has to have it, the test fails.
 *
 * @returns undefined when the test is skipped
 */
export function requirePostgres(t: TestContext): string | undefined {
  const programs = findPostgres();
  if (programs !== undefined) return programs;
  if (process.env['CI'] === 'true') throw new Error(ADVICE);
  t.skip(ADVICE);
  return undefined;
}
