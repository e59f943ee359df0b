import { randomBytes } from 'node:crypto';
import type { CommandContext } from '../../../cli/framework/command-context.ts';
import type { CreateEngine } from '../copy-engine.ts';
import { targetHost } from '../up/target-host.ts';
import type { BucketPlace } from './bucket-place.ts';
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
    newKey: () =>
      `${prefix}session-manager-plugin-${randomBytes(OBJECT_NAME_BYTES).toString('hex')}`,
    title: (key) => `s3://${bucket}/${key}`,
    report: (left) => context.output.reportError(left),
  };
  return (remote, tools) => ({
    usesSessions: false,
    openDownloader: () =>
      downloaderThroughS3({
        storage,
        hostFor: (sudo) => targetHost(remote, sudo),
        temporary: tools.temporary,
      }),
    upload: (request) => uploadThroughS3(request, { ...targetHost(remote, request.sudo), storage }),
    uploadTree: (request) =>
      uploadTreeThroughS3(request, { ...targetHost(remote, request.sudo), storage }),
  });
}
