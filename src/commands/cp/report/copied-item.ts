/** A file or directory that is copied, and how far its copy is. */
export interface CopiedItem {
  /** As the user wrote them, safe to show. */
  readonly source: string;
  readonly destination: string;
  /** What is copied now: the name of a file, or a path in a directory. Safe to show. */
  current: string;
  /** Bytes of the file, or of the archive of a directory; undefined while that is not known. */
  total: number | undefined;
  /** Bytes that are copied so far, with those of an earlier copy that is resumed. */
  bytes: number;
  /** Bytes of an earlier copy that is resumed. */
  resumedAt: number;
}

/** What a copy has made. */
export interface CopyResult {
  /** SHA-256 of the file, or of the archive, in hexadecimal; the same on both sides. */
  readonly sha256: string;
  /** Of a directory: its files and links; undefined for a file. */
  readonly files: number | undefined;
}

/** Shows what a run of `cp` does. */
export interface CopyReport {
  /** A copy begins. The item is followed from now on. */
  begin(item: CopiedItem): void;
  /** The item is copied whole. */
  copied(item: CopiedItem, result: CopyResult): void;
  /** The copy of the item has failed. The failure itself is reported by others. */
  failed(item: CopiedItem, error: unknown): void;
  /** Nothing is copied any more. */
  end(): void;
}
