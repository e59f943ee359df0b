import type { Remote } from '../../../cli/remote/remote.ts';
import type { RemoteTools } from '../../../cli/remote/remote-tools.ts';
import { runUpload, type UploadEnd, type UploadRequest } from './run-upload.ts';
import { targetHost } from './target-host.ts';

export type { UploadEnd } from './run-upload.ts';

/**
 * Copies a file, or bytes of unknown length, to a file on the target: by several sessions, whose chunks are put
 * together there. A failure is returned. All sessions have ended then, and nothing but `partial` is left.
 */
export function upload(
  remote: Remote,
  tools: RemoteTools,
  request: UploadRequest,
): Promise<UploadEnd> {
  return runUpload(request, targetHost(remote, tools, request.sudo));
}
