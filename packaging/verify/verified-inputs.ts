import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { VerifiedGroup } from './verified-groups.ts';

/** For each group, the digest of the inputs with which its tests last passed. */
type VerifiedInputs = Readonly<Partial<Record<VerifiedGroup, string>>>;

/** Part of the tree: a clone knows what was verified. */
const RECORD = join('packaging', 'verify', 'verified-inputs.json');

/**
 * What `npm run verify-release` has recorded.
 *
 * @param root - the directory of the project
 */
export function readVerifiedInputs(root: string): VerifiedInputs {
  return JSON.parse(readFileSync(join(root, RECORD), 'utf8')) as VerifiedInputs;
}

/** Records groups whose tests have passed; the others keep their digests. */
export function recordVerifiedInputs(root: string, verified: VerifiedInputs): void {
  const record = Object.entries({ ...readVerifiedInputs(root), ...verified }).sort();
  writeFileSync(
    join(root, RECORD),
    `${JSON.stringify(Object.fromEntries(record), undefined, 2)}\n`,
  );
}
