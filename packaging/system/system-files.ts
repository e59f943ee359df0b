import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { constants, gzipSync } from 'node:zlib';
import { SHARED_FILES } from './shared-files.ts';
import { DIRECTORY_MODE, FILE_MODE, kibibytesOf, settle } from '../stage-tree.ts';

/** Where a Linux distribution has the completion scripts of zsh. */
export type ZshDirectory = 'usr/share/zsh/vendor-completions' | 'usr/share/zsh/site-functions';

/** What a package installs outside of its own directory. Paths are relative to the root. */
export interface SystemFiles {
  readonly files: readonly string[];
  /** The directories that contain the files, the outer ones first. */
  readonly directories: readonly string[];
  /** Disk space in KiB, each file and directory rounded up (Debian Policy 5.6.20, Installed-Size). */
  readonly installedKibibytes: number;
}

/** Files outside of a package's own directory: contents by paths relative to the root. */
export type SystemContents = ReadonlyMap<string, Buffer>;

/**
 * The manual page and the completion scripts of an installed tree, where man and the shells look for them:
 * man(1), bash-completion, zsh's `fpath` and fish's `fish_complete_path`.
 *
 * @param tree - the installed tree; what it lacks is left out
 */
export function sharedContents(tree: string, zsh: ZshDirectory): SystemContents {
  const places = [
    [SHARED_FILES.manual, 'usr/share/man/man1/session-manager-plugin.1.gz'],
    [SHARED_FILES.bash, 'usr/share/bash-completion/completions/session-manager-plugin'],
    [SHARED_FILES.zsh, `${zsh}/_session-manager-plugin`],
    [SHARED_FILES.fish, 'usr/share/fish/vendor_completions.d/session-manager-plugin.fish'],
  ] as const;
  const present = places.filter(([source]) => existsSync(join(tree, source)));
  return new Map(
    present.map(([source, place]) => {
      const content = readFileSync(join(tree, source));
      // Debian Policy 12.1: manual pages are compressed with `gzip -9`, without a time.
      const isManual = source === SHARED_FILES.manual;
      return [
        place,
        isManual ? gzipSync(content, { level: constants.Z_BEST_COMPRESSION }) : content,
      ];
    }),
  );
}

/**
 * Writes what a package installs outside of its own directory.
 *
 * @param root - the root of the package's files
 * @param epoch - the time of every file and directory, in seconds since the epoch
 */
export function writeSystemFiles(
  root: string,
  contents: SystemContents,
  epoch: number,
): SystemFiles {
  let installedKibibytes = 0;
  for (const [place, content] of contents) {
    mkdirSync(join(root, dirname(place)), { recursive: true });
    writeFileSync(join(root, place), content);
    settle(join(root, place), FILE_MODE, epoch);
    installedKibibytes += kibibytesOf(content.length);
  }
  const files = [...contents.keys()];
  const directories = [...new Set(files.flatMap(parentsOf))].sort();
  for (const directory of directories.toReversed()) {
    settle(join(root, directory), DIRECTORY_MODE, epoch);
    installedKibibytes += 1;
  }
  return { files, directories, installedKibibytes };
}

/** `usr`, `usr/share`, … above a path. */
function parentsOf(path: string): readonly string[] {
  const names = path.split('/').slice(0, -1);
  return names.map((_, i) => names.slice(0, i + 1).join('/'));
}
