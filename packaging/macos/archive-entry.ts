import type { TreeEntry } from './read-tree.ts';

/** File types of a Unix mode. */
const S_IFDIR = 0o040000;
const S_IFREG = 0o100000;

/** A directory or file as cpio and Bom have it: from `.` on, owned by root and wheel. */
export interface ArchiveEntry {
  /** `.`, or a path that starts with `./`. */
  readonly path: string;
  /** File type and permissions. */
  readonly mode: number;
  /** Empty for a directory. */
  readonly content: Buffer;
}

const EMPTY = Buffer.alloc(0);
const ROOT: ArchiveEntry = { path: '.', mode: S_IFDIR | 0o755, content: EMPTY };

/** Puts the root before a tree. */
export function archiveEntries(tree: readonly TreeEntry[]): ArchiveEntry[] {
  const entries = tree.map((entry): ArchiveEntry => {
    const path = `./${entry.path}`;
    switch (entry.kind) {
      case 'directory':
        return { path, mode: S_IFDIR | entry.mode, content: EMPTY };
      case 'file':
        return { path, mode: S_IFREG | entry.mode, content: entry.content };
    }
  });
  return [ROOT, ...entries];
}

/** Whether an entry is a directory. */
export function isDirectory(entry: ArchiveEntry): boolean {
  return (entry.mode & S_IFDIR) !== 0;
}

/** Disk space of the entries in KiB, each rounded up. */
export function kibibytes(entries: readonly ArchiveEntry[]): number {
  return entries.reduce((sum, { content }) => sum + Math.ceil(content.length / 1024), 0);
}
