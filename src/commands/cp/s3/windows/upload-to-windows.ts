import { CommandError } from '../../../../cli/framework/command-context.ts';
import { uploadFailures } from '../../../../failures/copies/upload.ts';
import { asError } from '../../../../lib/errors/as-error.ts';
import { printable } from '../../../../lib/printable.ts';
import { closeSource, type UploadSource } from '../../up/chunks/chunk-source.ts';
import type { TreeRequest } from '../../up/run-tree.ts';
import type { UploadEnd, UploadRequest } from '../../up/run-upload.ts';
import { storeContent, type StoredContent } from '../store-content.ts';
import { withObject, type TemporaryObject } from '../stored-object.ts';
import { fetchFromObject } from '../target-requests.ts';
import { requestError } from '../target-work.ts';
import { partialBeside, removeThere, type WindowsHost } from './windows-host.ts';
import { throwWriteProblem } from './windows-problem.ts';
import type { StepResults, WindowsStep } from './windows-step.ts';

/** What is copied, and the steps that put it in its place. */
interface WindowsUpload {
  readonly destination: string;
  readonly partial: string;
  readonly source: UploadSource;
  readonly signal: AbortSignal;
  readonly progress: (done: number) => void;
  readonly prepare: 'prepare' | 'prepare-tree';
  /** The file of the target that takes the object. */
  readonly file: string;
  readonly inTheWay: 'upload-directory' | 'upload-not-a-directory';
  readonly finish: (sha256: string) => WindowsStep;
}

/** Copies a file to a target with Windows. */
export function uploadToWindows(request: UploadRequest, host: WindowsHost): Promise<UploadEnd> {
  const { source, signal, modifiedAt } = request;
  const destination = request.destination.toString();
  const partial = partialBeside(destination, host.name);
  return upload(host, {
    ...{ destination, partial, source, signal, file: partial },
    progress: (done) => request.progress(done, 0),
    prepare: 'prepare',
    inTheWay: 'upload-directory',
    finish: (sha256) => ({ kind: 'finish', destination, partial, sha256, modifiedAt }),
  });
}

/** Copies the content of a tar archive into a directory of a target with Windows. */
export function uploadTreeToWindows(request: TreeRequest, host: WindowsHost): Promise<UploadEnd> {
  const { archive, signal, preserve } = request;
  const destination = request.directory.toString();
  const partial = partialBeside(destination, host.name);
  return upload(host, {
    ...{ destination, partial, signal, file: `${partial}/data` },
    source: { kind: 'stream', stream: archive(0) },
    progress: (done) => request.progress(done),
    prepare: 'prepare-tree',
    inTheWay: 'upload-not-a-directory',
    finish: (sha256) => ({ kind: 'unpack', destination, partial, sha256, preserve }),
  });
}

async function upload(host: WindowsHost, copy: WindowsUpload): Promise<UploadEnd> {
  const { partial, source, signal, prepare } = copy;
  let left: string | undefined;
  try {
    const content = await withObject(host.storage, async (object) => {
      signal.throwIfAborted();
      // A session that is lost meanwhile may have made it.
      left = partial;
      const { destination } = copy;
      const prepared = await host.run({ kind: prepare, destination, partial }, { signal });
      checkWritten(copy, prepared);
      if (prepared.has('in-the-way')) throw failed(copy, copy.inTheWay);
      const stored = await storeContent(object, source, {
        signal,
        // Half of the way is that to S3.
        progress: (bytes) => copy.progress(Math.floor(bytes / 2)),
        partBytes: host.partBytes,
      });
      await fetchObject(host, copy, object, stored);
      const finished = await host.run(copy.finish(stored.sha256), { signal });
      checkWritten(copy, finished);
      if (!finished.has('done')) throw failed(copy, 'upload-damaged');
      if (prepare === 'prepare-tree') await removeThere(host, partial);
      left = undefined;
      return stored;
    });
    return { kind: 'done', ...content };
  } catch (error) {
    closeSource(source);
    if (left !== undefined && (await removeThere(host, left))) left = undefined;
    const remains = left === undefined ? undefined : Buffer.from(left);
    if (signal.aborted) return { kind: 'stopped', partial: remains };
    return { kind: 'failed', error: asError(error), partial: remains };
  }
}

/** Makes the target read the object. */
function fetchObject(
  { run }: WindowsHost,
  copy: WindowsUpload,
  object: TemporaryObject,
  { bytes }: StoredContent,
): Promise<void> {
  const { file, signal } = copy;
  return fetchFromObject(object, {
    bytes,
    progress: (done) => copy.progress(Math.floor((bytes + done) / 2)),
    async request(url, onResult) {
      const results = await run({ kind: 'fetch', file, size: bytes, url }, { signal, onResult });
      const problem = results.get('problem');
      if (problem === 'file') checkWritten(copy, results);
      return {
        isDone: problem === undefined,
        fail() {
          checkWritten(copy, results);
          const why = new Map([['text', 'the answer is too short']]);
          throw requestError(Buffer.from(copy.destination), why);
        },
      };
    },
  });
}

function checkWritten({ destination }: WindowsUpload, results: StepResults): void {
  throwWriteProblem(printable(destination), results);
}

function failed(
  { destination }: WindowsUpload,
  failure: WindowsUpload['inTheWay'] | 'upload-damaged',
): CommandError {
  return new CommandError(uploadFailures[failure](printable(destination)));
}
