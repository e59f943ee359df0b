import type { TestContext } from 'node:test';
import {
  isDue,
  TEST_ALL_VARIABLE,
  type VerifiedGroup,
} from '../../../packaging/verify/verified-groups.ts';

/**
 * Options of a test or suite of a group: it is skipped, also on a build server, as long as the inputs of the group are those
 * with which `npm run verify-release` has tested it.
 */
export function whenInputsChanged(group: VerifiedGroup): { readonly skip?: string } {
  return isDue(group) ? {} : { skip: unchangedText(group) };
}

/** The same within a test of what one or several groups need. @returns whether it runs: if the inputs of one have changed */
export function requireInputsChanged(
  t: TestContext,
  ...groups: readonly [VerifiedGroup, ...VerifiedGroup[]]
): boolean {
  if (groups.some((group) => isDue(group))) return true;
  t.skip(unchangedText(groups[0]));
  return false;
}

function unchangedText(group: VerifiedGroup): string {
  return `nothing of ${group} has changed since verify-release tested it (${TEST_ALL_VARIABLE}=1 runs it)`;
}
