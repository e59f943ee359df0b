import type { UploadRequest } from '../../../../../src/commands/cp/up/run-upload.ts';
import type { UploadSource } from '../../../../../src/commands/cp/up/chunks/chunk-source.ts';

/** A file with this content. */
export function fileOf(data: Buffer): UploadSource {
  return {
    kind: 'file',
    size: data.length,
    read: (into, offset) => Promise.resolve(data.copy(into, 0, offset)),
  };
}

/** A copy to `file` in the home directory there, where a test has nothing else. */
export function requestOf(data: Buffer, own: Partial<UploadRequest> = {}): UploadRequest {
  return {
    source: fileOf(data),
    destination: Buffer.from('file'),
    mode: 0o644,
    sudo: false,
    sessions: 2,
    resume: false,
    signal: new AbortController().signal,
    progress: () => undefined,
    ...own,
  };
}
