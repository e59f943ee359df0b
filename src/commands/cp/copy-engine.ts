import { copyFailures } from '../../failures/copies/copy.ts';
import { CommandError } from '../../cli/framework/command-context.ts';
import type { Remote } from '../../cli/remote/remote.ts';
import { openDownloader, type DownloadLimits } from './down/open-downloader.ts';
import { posixFiles, toolsOn } from './files/posix-files.ts';
import { downloadPaths } from './files/remote-source.ts';
import type { PathDownloader, TargetFiles } from './files/target-files.ts';
import type { TreeRequest } from './up/run-tree.ts';
import type { UploadRequest } from './up/run-upload.ts';
import { uploadTree } from './up/upload-tree.ts';
import { upload, type UploadEnd } from './up/upload.ts';

/** How bytes get to a target and back. */
export interface CopyEngine {
  readonly files: TargetFiles;
  /** @throws CommandError when the target lacks a tool */
  openDownloader(limits: DownloadLimits): PathDownloader;
  upload(request: UploadRequest): Promise<UploadEnd>;
  uploadTree(request: TreeRequest): Promise<UploadEnd>;
}

/**
 * Finds out how files are copied from and to a target.
 *
 * @throws CommandError for a target that it does not support; ProgramError when it cannot be reached
 */
export type CreateEngine = (remote: Remote) => Promise<CopyEngine>;

/** Copies through sessions. */
export const engineOfSessions: CreateEngine = async (remote) => {
  const { platform } = await remote.facts();
  if (platform === 'Windows') {
    throw new CommandError(copyFailures['copy-to-windows'](remote.target.title));
  }
  const tools = await toolsOn(remote);
  return {
    files: posixFiles(remote, tools, true),
    openDownloader: (limits) => downloadPaths(openDownloader(remote, tools, limits)),
    upload: (request) => upload(remote, tools, request),
    uploadTree: (request) => uploadTree(remote, tools, request),
  };
};
