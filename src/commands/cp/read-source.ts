import { isCommandError } from '../../cli/framework/command-context.ts';
import type { CopyRun } from './copy-run.ts';
import type { InspectedFile } from './down/inspect-source.ts';
import type { PathDownloader } from './files/target-files.ts';
import { LARGEST_PAGE_BYTES } from './local/local-source.ts';
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
 * @param write - gets its bytes in order, one call at a time; their memory is used again when it resolves
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
  const before = item.bytes;
  /** A size of 0 is not true for a file of the kernel: all that it contains is read. */
  const readAs = async (size: number): Promise<string> => {
    if (size === 0) item.total = undefined;
    const { sha256 } = await downloader.download({
      title: item.source,
      wanted: { kind: 'file', path, size },
      sudo: options.sudo,
      from,
      write: count,
      signal: stopped,
    });
    item.total ??= item.bytes;
    return sha256 ?? source.sha256;
  };
  try {
    return await readAs(source.size);
  } catch (error) {
    const isShorter = isCommandError(error) && error.code === 'download-changed';
    if (!isShorter || source.size > LARGEST_PAGE_BYTES || item.bytes > before) throw error;
    return readAs(0);
  }
}
