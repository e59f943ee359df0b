import { skipped, type Finding } from './finding.ts';

/** What is wrong when a need is not met, after "because". */
export const UNMET = {
  profile: 'the profile cannot be used',
  region: 'no region is set',
  credentials: 'there are no usable credentials',
  endpoint: (service: string) => `the endpoint of ${service} was not reached`,
  anyEndpoint: 'no endpoint was reached',
} as const;

/** What a check needs: whether another one has succeeded, and what is wrong when it has not. */
export type Need = readonly [otherwise: string, isMet: Promise<boolean>];

/** @returns what is wrong about the first need that is not met; undefined when all are */
export async function missingOf(needs: readonly Need[]): Promise<string | undefined> {
  for (const [otherwise, isMet] of needs) {
    if (!(await isMet)) return otherwise;
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
