import type { TestContext } from 'node:test';
import { missingTools, missingToolText, UnavailableError, type Tool } from '../../build/tool.ts';

/** Set by build servers, which must have everything: there a test fails instead of being skipped. */
const BUILD_SERVER_VARIABLE = 'CI';

/** Something that a test needs of the system, other than a program. */
export interface Condition {
  /** What is wrong and what to do about it; undefined when nothing is. */
  readonly obstacle: string | undefined;
}

/**
 * Options of a test or a suite that needs something of the system. Without it, it is skipped, and the
 * body of a suite is not run.
 *
 * @throws Error on a build server, when something is missing
 */
export function needs(...tools: readonly (Tool | Condition)[]): { readonly skip?: string } {
  const obstacle = obstacleOf(tools);
  if (obstacle === undefined) return {};
  if (isBuildServer()) throw new Error(obstacle);
  return { skip: obstacle };
}

/**
 * Whether a test has the programs and whatever else it needs. Otherwise it is skipped.
 *
 * @throws Error on a build server, when something is missing
 */
export function requireTools(t: TestContext, ...tools: readonly (Tool | Condition)[]): boolean {
  return requireNothing(t, obstacleOf(tools));
}

/**
 * Whether nothing keeps a test from running. Otherwise it is skipped with this reason.
 *
 * @param obstacle - what this machine lacks, and what to do about it; undefined when it lacks nothing
 * @throws Error on a build server, when there is an obstacle
 */
export function requireNothing(t: TestContext, obstacle: string | undefined): boolean {
  if (obstacle === undefined) return true;
  if (isBuildServer()) throw new Error(obstacle);
  t.skip(obstacle);
  return false;
}

/**
 * Makes what a test needs. Where a tool or a mirror for it is missing, the test is skipped with that
 * reason.
 *
 * @returns undefined when the test is skipped
 * @throws UnavailableError on a build server; any other error of `make`
 */
export async function requireAvailable<Made>(
  t: TestContext,
  make: () => Promise<Made>,
): Promise<Made | undefined> {
  try {
    return await make();
  } catch (error) {
    if (!(error instanceof UnavailableError) || isBuildServer()) throw error;
    t.skip(firstLine(error.message));
    return undefined;
  }
}

/** A reason that is one of many: what a tool printed is left out. */
export function firstLine(text: string): string {
  return text.split('\n', 1)[0] ?? '';
}

function obstacleOf(needed: readonly (Tool | Condition)[]): string | undefined {
  const obstacles = needed.flatMap((each) => {
    if ('obstacle' in each) return each.obstacle ?? [];
    return missingTools([each]).map(missingToolText);
  });
  return obstacles.length === 0 ? undefined : obstacles.join('; ');
}

function isBuildServer(): boolean {
  return process.env[BUILD_SERVER_VARIABLE] === 'true';
}
