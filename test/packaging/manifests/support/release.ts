import { createHash } from 'node:crypto';
import { TARGET_NAMES, type TargetName } from '../../../../build/targets.ts';
import { downloadsOf } from '../../../../packaging/downloads.ts';
import { releaseTable, type ReleaseTable } from '../../../../packaging/manifests/release-table.ts';
import type { Publisher } from '../../../../packaging/publisher.ts';
import type { Release } from '../../../../packaging/release.ts';

const VERSION = '1.3.0.0';

export const PUBLISHER: Publisher = {
  maintainer: 'Ada Doe <ada@example.com>',
  homepage: 'https://example.com/plugin',
  downloads: 'https://downloads.example.com/plugin',
};

/** A release of some targets, in which each file has a digest of its own. */
export function exampleTable({
  targets = TARGET_NAMES,
  publisher = PUBLISHER,
  minimumMacos = '13.5',
}: {
  readonly targets?: readonly TargetName[];
  readonly publisher?: Publisher;
  readonly minimumMacos?: string;
} = {}): ReleaseTable {
  const release: Release = {
    version: VERSION,
    sourceDateEpoch: Date.UTC(2026, 10, 29) / 1000,
    compression: 'small',
    publisher,
  };
  const paths = targets.flatMap((target) => downloadsOf(target, release).map(({ path }) => path));
  const listed = paths.map((path) => ({ path, sha256: digestOf(path) }));
  return releaseTable(release, listed, minimumMacos);
}

function digestOf(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

/** URL and digest of the download of this kind for a target. */
export function expectedSource(
  table: ReleaseTable,
  target: TargetName,
  install: string,
): { readonly url: string; readonly sha256: string } {
  const found = table.downloads.find((each) => each.target === target && each.install === install);
  if (found === undefined) throw new Error(`the table has no ${install} for ${target}`);
  return { url: found.url, sha256: found.sha256 };
}
