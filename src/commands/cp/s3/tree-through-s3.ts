import { asError } from '../../../lib/errors/as-error.ts';
import { explainUnfinished } from '../up/explain-problem.ts';
import { umaskOf, type TreeRequest } from '../up/run-tree.ts';
import { lacksHash, remove, type UploadEnd } from '../up/run-upload.ts';
import { closeSource, type UploadSource } from '../up/chunks/chunk-source.ts';
import type { Destination } from '../up/target/destination.ts';
import { storeContent } from './store-content.ts';
import { withObject } from './stored-object.ts';
import { enterPrepared, onTarget } from './target-work.ts';
import { prepareTreeScript, unpackTreeScript } from './tree-scripts.ts';
import { fetchObject, type S3Host } from './upload-through-s3.ts';

/** Copies the content of a tar archive into a directory on the target: as an object of S3, which the target unpacks. */
export async function uploadTreeThroughS3(request: TreeRequest, host: S3Host): Promise<UploadEnd> {
  const { signal, archive, directory, mode, preserve } = request;
  if (!host.canHash) return { kind: 'failed', error: lacksHash(directory) };
  const destination: Destination = {
    kind: 'directory',
    path: directory,
    suffix: `${host.name}.part`,
    copy: host.name,
  };
  let left: Destination | undefined;
  try {
    const content = await withObject(host.storage, async (object) => {
      const prepared = await onTarget(host, directory, signal, async ({ run }) => {
        left = destination;
        return run(prepareTreeScript(destination));
      });
      const umask = preserve ? 0 : umaskOf(prepared);
      // Half of the way is that to S3.
      const half = (bytes: number): number => Math.floor(bytes / 2);
      const source: UploadSource = { kind: 'stream', stream: archive(umask) };
      const stored = await storeContent(object, source, {
        signal,
        progress: (bytes) => request.progress(half(bytes)),
        partBytes: host.partBytes,
      }).finally(() => closeSource(source));
      await onTarget(host, directory, signal, async (shell) => {
        await enterPrepared(shell, destination);
        await fetchObject(shell, object, { path: directory, stored }, (bytes) =>
          request.progress(half(stored.bytes + bytes)),
        );
        const { sha256 } = stored;
        const options = { sha256, mode: mode & ~umask, preserve };
        const results = await shell.run(unpackTreeScript(destination, options));
        if (results.has('done')) return;
        throw explainUnfinished(directory, results);
      });
      return stored;
    });
    return { kind: 'done', ...content };
  } catch (error) {
    if (left !== undefined) await remove(left, host);
    return signal.aborted ? { kind: 'stopped' } : { kind: 'failed', error: asError(error) };
  }
}
