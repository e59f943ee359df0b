import type { CopyRun } from './copy-run.ts';
import type { InspectedFile } from './down/inspect-source.ts';
import type { PathDownloader } from './files/target-files.ts';
import type { CopiedItem } from './report/copied-item.ts';

/** A file of a target that is read. */
export interface ReadFile {
  readonly downloader: PathDownloader;
  readonly path: Buffer;
  /** What the target has reported. */
  readonly source: InspectedFile;
  readonly item: CopiedItem;
}

/**
 * Reads a file of a target. A small one has come with what the target has reported.
 *
 * @param from - its first byte that is needed
 * @param write - gets its bytes in order, one call at a time
 * @returns the SHA-256 of all of it, as the target has computed it, in hexadecimal
 * @throws ProgramError that names the path; what `write` has thrown
 */
export async function readSource(
  { options, stopped }: CopyRun,
  { downloader, path, source, item }: ReadFile,
  from: number,
  write: (bytes: Buffer) => Promise<void>,
): Promise<string> {
  const count = async (bytes: Buffer): Promise<void> => {
    await write(bytes);
    item.bytes += bytes.length;
  };
  const content = source.size === 0 ? undefined : await source.content;
  if (content !== undefined) {
    await count(content.subarray(from));
    return source.sha256;
  }
  const { sha256 } = await downloader.download({
    title: item.source,
    wanted: { kind: 'file', path, size: source.size },
    sudo: options.sudo,
    from,
    write: count,
    signal: stopped,
  });
  return sha256 ?? source.sha256;
}
