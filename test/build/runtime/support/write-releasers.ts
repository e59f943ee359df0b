import { readFileSync } from 'node:fs';
import type { Project } from '../../support/small-project.ts';
import type { ReleaseKey } from './release-key.ts';

/**
 * Lists keys as those of releasers in a project, and puts public keys into its directory `keys`.
 *
 * @param given - the public keys, also of others
 */
export async function writeReleasers(
  project: Project,
  releasers: Readonly<Record<string, ReleaseKey>>,
  given: readonly ReleaseKey[] = Object.values(releasers),
): Promise<void> {
  const listed = Object.entries(releasers).map(([name, { fingerprint }]) => ({
    fingerprint,
    name,
    until: null,
  }));
  const list = JSON.stringify({ releasers: listed });
  await project.write('build/runtime/vendor/releasers.json', list);
  for (const { fingerprint, publicKey } of given) {
    await project.write(`keys/${fingerprint}.asc`, readFileSync(publicKey, 'utf8'));
  }
}
