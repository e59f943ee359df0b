import type { Remote } from '../../cli/remote/remote.ts';
import type { RemoteTools } from '../../cli/remote/remote-tools.ts';
import type { Downloader } from './down/create-downloader.ts';
import { openDownloader, type DownloadLimits } from './down/open-downloader.ts';
import type { TreeRequest } from './up/run-tree.ts';
import type { UploadRequest } from './up/run-upload.ts';
import { uploadTree } from './up/upload-tree.ts';
import { upload, type UploadEnd } from './up/upload.ts';

/** How bytes get to a target and back. */
export interface CopyEngine {
  /** Whether they may be in the output of sessions, which an account may log. */
  readonly usesSessions: boolean;
  /** @throws CommandError when the target lacks a tool */
  openDownloader(limits: DownloadLimits): Downloader;
  upload(request: UploadRequest): Promise<UploadEnd>;
  uploadTree(request: TreeRequest): Promise<UploadEnd>;
}

/** Makes the engine for a target. */
export type CreateEngine = (remote: Remote, tools: RemoteTools) => CopyEngine;

/** Copies through sessions. */
export const engineOfSessions: CreateEngine = (remote, tools) => ({
  usesSessions: true,
  openDownloader: (limits) => openDownloader(remote, tools, limits),
  upload: (request) => upload(remote, request),
  uploadTree: (request) => uploadTree(remote, request),
});
