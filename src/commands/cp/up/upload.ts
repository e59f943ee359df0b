import { randomBytes } from 'node:crypto';
import type { Remote } from '../../../cli/remote/remote.ts';
import { startRawCommand } from '../../../cli/remote/start-raw-command.ts';
import { runTree, type TreeRequest } from './run-tree.ts';
import { runUpload, type UploadEnd, type UploadHost, type UploadRequest } from './run-upload.ts';
import { receiverScript } from './target/receiver.ts';

/** Bytes of the random part of a temporary name: two copies to one place never share it. */
const NAME_BYTES = 6;

/**
 * Copies a file, or bytes of unknown length, to a file on the target: by several sessions, whose chunks are put
 * together there. A failure is returned. All sessions have ended then, and nothing but `partial` is left.
 */
export function upload(remote: Remote, request: UploadRequest): Promise<UploadEnd> {
  return runUpload(request, hostOf(remote, request.sudo));
}

/** Copies the content of a tar archive into a directory on the target. A failure is returned. */
export function uploadTree(remote: Remote, request: TreeRequest): Promise<UploadEnd> {
  return runTree(request, hostOf(remote, request.sudo));
}

function hostOf(remote: Remote, sudo: boolean): UploadHost {
  const script = receiverScript({ sudo });
  return {
    // Its own signal: cleanup needs a session after the user has stopped the copy.
    start: (signal) => (streams) => startRawCommand({ ...remote, stopped: signal }, script, streams),
    clock: remote.context.clock,
    name: randomBytes(NAME_BYTES).toString('hex'),
  };
}
