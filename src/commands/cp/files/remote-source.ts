import { quoteBytes } from '../../../cli/remote/quote-bytes.ts';
import type { Downloader, DownloadOrder } from '../down/create-downloader.ts';
import type { PathDownloader, WantedPath } from './target-files.ts';

/** Copies from a target with Linux or macOS. */
export function downloadPaths(downloader: Downloader): PathDownloader {
  return {
    download: ({ wanted, ...order }) => downloader.download({ ...order, source: sourceOf(wanted) }),
    close: () => downloader.close(),
  };
}

/** What is asked of the target. Files of Linux such as /proc/version have a size of 0, and content. */
function sourceOf(wanted: WantedPath): DownloadOrder['source'] {
  const { path } = wanted;
  if (wanted.kind === 'directory') return { kind: 'pipe', script: archiveScript(path) };
  const { size } = wanted;
  if (size > 0) return { kind: 'file', setPath: `f=${quoteBytes(path)}`, size };
  return { kind: 'pipe', script: `exec cat ${quoteBytes(path)}` };
}

/**
 * A script that prints a directory as a tar archive, whose paths begin with `./`. tar of macOS would add a file for the
 * attributes of each file, and write sparse files in a format that other tars lack.
 */
function archiveScript(path: Buffer): string {
  return [
    `cd ${quoteBytes(path)} || exit`,
    'COPYFILE_DISABLE=1',
    'export COPYFILE_DISABLE',
    'case $(tar --version 2>/dev/null) in',
    'bsdtar*) exec tar --format gnutar -cf - . ;;',
    // A file that changes meanwhile, such as a log, is a warning (GNU tar manual, "Return Value").
    '*GNU*) tar --format gnu -cf - .; s=$?; [ $s -eq 1 ] && exit 0; exit $s ;;',
    'esac',
    'exec tar -cf - .',
  ].join('\n');
}
