import { CommandError } from '../../../cli/framework/command-context.ts';
import { uploadFailures } from '../../../failures/copies/upload.ts';
import { asError } from '../../../lib/errors/as-error.ts';
import { explainText, pathText } from '../up/explain-problem.ts';
import { umaskOf, type TreeRequest } from '../up/run-tree.ts';
import { lacksHash, remove, type UploadEnd } from '../up/run-upload.ts';
import type { UploadSource } from '../up/chunks/chunk-source.ts';
import type { Destination } from '../up/target/destination.ts';
import { storeContent } from './store-content.ts';
import { withObject } from './stored-object.ts';
import { enterPrepared, onTarget } from './target-work.ts';
import { prepareTreeScript, unpackTreeScript } from './tree-scripts.ts';
import { closeSource, fetchObject, type S3Host } from './upload-through-s3.ts';

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
  const state: { isPrepared: boolean; source: UploadSource | undefined } = {
    isPrepared: false,
    source: undefined,
  };
  try {
    const content = await withObject(host.storage, async (object) => {
      const prepared = await onTarget(host, directory, signal, async ({ run }) => {
        state.isPrepared = true;
        return run(prepareTreeScript(destination));
      });
      const umask = preserve ? 0 : umaskOf(prepared);
      const stream = archive(umask);
      const source: UploadSource = { kind: 'stream', stream };
      state.source = source;
      const half = (bytes: number): number => Math.floor(bytes / 2);
      const stored = await storeContent(object, source, {
        signal,
        progress: (bytes) => request.progress(half(bytes)),
        ...(host.partBytes === undefined ? {} : { partBytes: host.partBytes }),
      });
      await onTarget(host, directory, signal, async (shell) => {
        await enterPrepared(shell, destination);
        await fetchObject(shell, object, { path: directory, stored }, (bytes) =>
          request.progress(half(stored.bytes + bytes)),
        );
        const { sha256 } = stored;
        const options = { sha256, mode: mode & ~umask, preserve };
        const results = await shell.run(unpackTreeScript(destination, options));
        if (results.has('done')) return;
        throw results.has('hash')
          ? new CommandError(uploadFailures['upload-damaged'](pathText(directory)))
          : explainText(directory, '');
      });
      return stored;
    });
    return { kind: 'done', ...content };
  } catch (error) {
    if (state.source !== undefined) closeSource(state.source);
    if (state.isPrepared) await remove(destination, host);
    return signal.aborted ? { kind: 'stopped' } : { kind: 'failed', error: asError(error) };
  }
}
