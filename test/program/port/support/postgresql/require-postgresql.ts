import type { TestContext } from 'node:test';
import { missingToolText, missingTools } from '../../../../../build/tool.ts';
import { requireNothing } from '../../../../support/require-tools.ts';
import { PSQL } from '../../../../support/tools.ts';
import { findPostgres } from './postgresql.ts';

const SERVER = { program: 'postgres', debianPackage: 'postgresql' };

/**
 * The programs of PostgreSQL. Where it is not installed, the test is skipped; on a build server, which
 * must have it, the test fails.
 *
 * @returns undefined when the test is skipped
 */
export function requirePostgres(t: TestContext): string | undefined {
  const programs = findPostgres();
  const missing = [...(programs === undefined ? [SERVER] : []), ...missingTools([PSQL])];
  const obstacle = missing.length === 0 ? undefined : missing.map(missingToolText).join('; ');
  return requireNothing(t, obstacle) ? programs : undefined;
}
