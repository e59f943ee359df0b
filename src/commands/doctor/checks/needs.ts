import { skipped, type Finding } from './finding.ts';

/** What a check needs: the name of another one, and whether that succeeded. */
export type Need = readonly [check: string, isMet: Promise<boolean>];

/** @returns the first need that is not met; undefined when all are */
export async function missingOf(needs: readonly Need[]): Promise<string | undefined> {
  for (const [check, isMet] of needs) {
    if (!(await isMet)) return check;
  }
  return undefined;
}

/** Runs a check when its needs are met; otherwise it is skipped. */
export async function checkWith(
  check: string,
  needs: readonly Need[],
  run: () => Promise<readonly Finding[]>,
): Promise<readonly Finding[]> {
  const missing = await missingOf(needs);
  return missing === undefined ? run() : [skipped(check, missing)];
}
