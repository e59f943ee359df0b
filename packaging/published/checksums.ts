import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { PublishedFile } from './publication.ts';

/** The published list of digests. */
export const CHECKSUMS = 'SHA256SUMS';

/** Writes the list of digests, in the form that `sha256sum --check` reads. */
export function writeChecksums(directory: string, listed: readonly PublishedFile[]): void {
  const lines = listed.map(({ path, sha256 }) => `${sha256}  ${path}\n`);
  writeFileSync(join(directory, CHECKSUMS), lines.join(''));
}
