import { linkSync, mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import type { TargetName } from '../../build/targets.ts';
import type { Release } from '../release.ts';
import type { AcceptedRuntimes } from '../runtime-age/accepted-runtimes.ts';
import type { VerifiedGroup } from '../verify/verified-groups.ts';
import type { ListedFile } from '../signing/checksums.ts';

/** What a producer knows about the release that is being published. */
export interface Publication {
  readonly release: Release;
  /** The directory of the version, `dist/plugin/<version>`; `latest/` becomes the same. */
  readonly directory: string;
  /** Targets whose downloads are part of the release. */
  readonly targets: readonly TargetName[];
  /** Runtimes that are released although a security release is known. */
  readonly accepted: AcceptedRuntimes;
  /** Where the identities to sign with are named; without any, nothing is signed. */
  readonly env: Readonly<Record<string, string | undefined>>;
  /** What the producers before this one have written, in their order. */
  readonly listed: readonly ListedFile[];
}

/** One kind of file that is published beside the packages. */
export interface Producer {
  /** What the build prints while it runs. */
  readonly name: string;
  /** Quick builds, which are not published, leave it out while the inputs of this group are verified. */
  readonly group?: VerifiedGroup;
  /**
   * Writes its files below `directory`.
   *
   * @returns their paths, relative to `directory`, in the order of SHA256SUMS; none when the targets need none
   */
  readonly write: (publication: Publication) => readonly string[] | Promise<readonly string[]>;
}

/** Makes the same file appear under another name, because packages are large. Creates the directory of `link`. */
export function placeFile(file: string, link: string): void {
  mkdirSync(dirname(link), { recursive: true });
  linkSync(file, link);
}
