import type { Remote } from '../../../cli/remote/remote.ts';
import type { RemoteTools } from '../../../cli/remote/remote-tools.ts';
import { runTree, type TreeRequest } from './run-tree.ts';
import type { UploadEnd } from './run-upload.ts';
import { targetHost } from './target-host.ts';

/** Copies the content of a tar archive into a directory on the target. A failure is returned. */
export function uploadTree(
  remote: Remote,
  tools: RemoteTools,
  request: TreeRequest,
): Promise<UploadEnd> {
  return runTree(request, targetHost(remote, tools, request.sudo));
}
