import type { CommandContext } from '../../../cli/framework/command-context.ts';
import { randomHex } from '../../../cli/framework/random-hex.ts';
import type { Remote } from '../../../cli/remote/remote.ts';
import type { RemoteTools } from '../../../cli/remote/remote-tools.ts';
import type { CopyEngine, CreateEngine } from '../copy-engine.ts';
import { posixFiles, toolsOn } from '../files/posix-files.ts';
import { downloadPaths } from '../files/remote-source.ts';
import { targetHost } from '../up/target-host.ts';
import type { BucketPlace } from '../../../cli/storage/bucket-place.ts';
import { downloaderThroughS3 } from './download-through-s3.ts';
import type { Storage } from './stored-object.ts';
import { uploadTreeThroughS3 } from './tree-through-s3.ts';
import { uploadThroughS3 } from './upload-through-s3.ts';

/** Random bytes in the name of an object: it cannot be guessed. */
const OBJECT_NAME_BYTES = 16;

/**
 * Finds the bucket, and copies through it. Sessions carry only scripts and their results.
 *
 * @throws AwsError when the bucket cannot be used
 */
export async function openEngineThroughS3(
  context: CommandContext,
  { bucket, prefix }: BucketPlace,
): Promise<CreateEngine> {
  const storage: Storage = {
    store: await (await context.aws.calls()).objectStore(bucket),
    clock: context.clock,
    newKey: () => `${prefix}session-manager-plugin-${randomHex(context.random, OBJECT_NAME_BYTES)}`,
    title: (key) => `s3://${bucket}/${key}`,
    report: (left) => context.output.reportError(left),
  };
  return async (remote) => {
    const { platform } = await remote.facts();
    if (platform === 'Windows') {
      const { openEngineOnWindows } = await import('./windows/engine-on-windows.ts');
      return openEngineOnWindows(remote, storage);
    }
    return engineOnPosix(remote, storage, await toolsOn(remote));
  };
}

function engineOnPosix(remote: Remote, storage: Storage, tools: RemoteTools): CopyEngine {
  return {
    files: posixFiles(remote, tools, false),
    openDownloader: () =>
      downloadPaths(
        downloaderThroughS3({
          storage,
          hostFor: (sudo) => targetHost(remote, tools, sudo),
          temporary: tools.temporary,
        }),
      ),
    upload: (request) =>
      uploadThroughS3(request, { ...targetHost(remote, tools, request.sudo), storage }),
    uploadTree: (request) =>
      uploadTreeThroughS3(request, { ...targetHost(remote, tools, request.sudo), storage }),
  };
}
