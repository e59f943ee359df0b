import { asError } from '../../../lib/errors/as-error.ts';
import { closeSource } from '../up/chunks/chunk-source.ts';
import { finishDestination, prepareDestination } from '../up/destination-steps.ts';
import {
  lacksHash,
  remove,
  type UploadEnd,
  type UploadHost,
  type UploadRequest,
} from '../up/run-upload.ts';
import type { Destination } from '../up/target/destination.ts';
import { storeContent, type StoredContent } from './store-content.ts';
import { withObject, type Storage, type TemporaryObject } from './stored-object.ts';
import { fetchFromObject } from './target-requests.ts';
import { fetchScript } from './target-scripts.ts';
import { enterPrepared, onTarget, requestError, type TargetShell } from './target-work.ts';

/** What a copy through S3 works with. */
export interface S3Host extends UploadHost {
  readonly storage: Storage;
  /** Bytes of a part of an object; for tests. */
  readonly partBytes?: number;
}

/**
 * Copies a file to the target: as an object of S3, which the target reads by a URL. The destination is checked before
 * anything is stored, and changed when the SHA-256 there is that of the file.
 */
export async function uploadThroughS3(request: UploadRequest, host: S3Host): Promise<UploadEnd> {
  const { signal, source } = request;
  if (!host.canHash) return { kind: 'failed', error: lacksHash(request.destination) };
  const destination: Destination = {
    kind: 'file',
    path: request.destination,
    suffix: `${host.name}.part`,
    copy: host.name,
  };
  let partial: Buffer | undefined;
  try {
    const content = await withObject(host.storage, async (object) => {
      await onTarget(host, destination.path, signal, async ({ session, ended }) => {
        // A session that is lost meanwhile may have made it.
        partial = destination.path;
        const prepared = await prepareDestination(session, {
          destination,
          size: undefined,
          keeps: false,
        });
        partial = (prepared ?? ended()).partial;
      });
      // Half of the way is that to S3.
      const total = (bytes: number): number => Math.floor(bytes / 2);
      const stored = await storeContent(object, source, {
        signal,
        progress: (bytes) => request.progress(total(bytes), 0),
        partBytes: host.partBytes,
      });
      await onTarget(host, destination.path, signal, async (shell) => {
        await enterPrepared(shell, destination);
        await fetchObject(shell, object, { path: destination.path, stored }, (bytes) =>
          request.progress(total(stored.bytes + bytes), 0),
        );
        const { sha256 } = stored;
        const options = { sha256, mode: request.mode, modifiedAt: request.modifiedAt };
        if ((await finishDestination(shell.session, destination, options)) === undefined) {
          shell.ended();
        }
      });
      return stored;
    });
    return { kind: 'done', ...content };
  } catch (error) {
    closeSource(source);
    if (partial !== undefined && (await remove(destination, host))) partial = undefined;
    if (signal.aborted) return { kind: 'stopped', partial };
    return { kind: 'failed', error: asError(error), partial };
  }
}

/** An object that the target reads. */
interface FetchedObject {
  /** For messages. */
  readonly path: Buffer;
  readonly stored: StoredContent;
}

/** Reads the object into the file `$f` of the target's current directory. */
export function fetchObject(
  { run }: TargetShell,
  object: TemporaryObject,
  { path, stored }: FetchedObject,
  progress: (bytes: number) => void,
): Promise<void> {
  return fetchFromObject(object, {
    bytes: stored.bytes,
    progress,
    async request(url, onResult) {
      const results = await run(fetchScript(url), onResult);
      const status = results.get('status');
      return {
        isDone: status === '0',
        fail() {
          throw requestError(path, results, status);
        },
      };
    },
  });
}
