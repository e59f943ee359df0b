import { basename } from 'node:path';
import type { InstallKind } from '../../build/bundle/build-record.ts';
import { TARGET_NAMES, type TargetName } from '../../build/targets.ts';
import { archiveDirectory } from '../archive/archive.ts';
import { downloadsOf } from '../downloads.ts';
import type { ListedFile } from '../signing/checksums.ts';
import type { Publisher } from '../publisher.ts';
import type { Release } from '../release.ts';

/** A download as a package manager needs it. */
export interface ListedDownload {
  readonly target: TargetName;
  readonly install: InstallKind;
  /** Below the directory of the version. */
  readonly path: string;
  /** Where it is published. */
  readonly url: string;
  /** SHA-256 in hexadecimal. */
  readonly sha256: string;
  /** The directory that a plain archive contains; for other downloads it means nothing. */
  readonly directory: string;
}

/** What all manifests of a release are made of. */
export interface ReleaseTable {
  readonly version: string;
  /** The day of the release, `YYYY-MM-DD`. */
  readonly day: string;
  readonly publisher: Publisher;
  /** The macOS that the programs need at least, such as `13.5`; undefined without programs for macOS. */
  readonly minimumMacos: string | undefined;
  readonly downloads: readonly ListedDownload[];
}

/** A file for a package manager. */
export interface Manifest {
  /** Below the directory of the manifests. */
  readonly path: string;
  readonly text: string;
}

const DAY_CHARACTERS = 'YYYY-MM-DD'.length;

/**
 * Makes the table of a release.
 *
 * @param listed - the files that are published; downloads of other targets are left out
 * @param minimumMacos - see {@link ReleaseTable}
 */
export function releaseTable(
  release: Release,
  listed: readonly ListedFile[],
  minimumMacos: string | undefined,
): ReleaseTable {
  const { version, publisher, sourceDateEpoch } = release;
  const digests = new Map(listed.map(({ path, sha256 }) => [path, sha256]));
  const downloads = TARGET_NAMES.flatMap((target) =>
    downloadsOf(target, release).flatMap(({ path, install }) => {
      const sha256 = digests.get(path);
      if (sha256 === undefined) return [];
      const url = `${publisher.downloads}/${version}/${path}`;
      const directory = archiveDirectory(basename(path));
      return [{ target, install, path, url, sha256, directory }];
    }),
  );
  const day = new Date(sourceDateEpoch * 1000).toISOString().slice(0, DAY_CHARACTERS);
  return { version, day, publisher, minimumMacos, downloads };
}

/** The download of this kind for a target; undefined when the release has none. */
export function findDownload(
  { downloads }: ReleaseTable,
  target: TargetName,
  install: InstallKind,
): ListedDownload | undefined {
  return downloads.find((each) => each.target === target && each.install === install);
}

/** The URL of the file with the number of the newest version. */
export function newestVersionUrl({ publisher }: ReleaseTable): string {
  return `${publisher.downloads}/latest/VERSION`;
}
