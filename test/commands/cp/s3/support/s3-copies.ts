import assert from 'node:assert/strict';
import type { TestContext } from 'node:test';
import type { S3Host } from '../../../../../src/commands/cp/s3/upload-through-s3.ts';
import { systemClock } from '../../../../../src/lib/clock.ts';
import { awsFor } from '../../../../aws/test-aws.ts';
import { BUCKET, S3_KEYS, startS3, type S3Store } from '../../../../support/s3/s3-store.ts';
import { temporaryDirectory } from '../../../../support/temporary-directory.ts';
import {
  createLocalTarget,
  type LocalTarget,
  type TargetKind,
} from '../../up/support/local-target.ts';

/** This machine as a target, and a bucket between it and the program. */
export interface S3Copies {
  readonly s3: S3Store;
  /** The home directory on the target. */
  readonly home: string;
  readonly target: LocalTarget;
  readonly host: S3Host;
  /** What was reported as left in the bucket. */
  readonly left: readonly string[];
}

/** Small, so that a file of some of them needs no time. s3rver accepts them; S3 wants 5 MiB. */
export const PART_BYTES = 512 * 1024;

/** At the end of the test, nothing may be left in the bucket, and no session may run. */
export async function startS3Copies(
  t: TestContext,
  kind: TargetKind,
  environment: Record<string, string> = {},
): Promise<S3Copies> {
  // Checked before the bucket and the directories are removed.
  const check: { nothingLeft: () => void } = { nothingLeft: () => undefined };
  t.after(() => check.nothingLeft());
  const s3 = await startS3(t);
  const aws = awsFor(t, { ...S3_KEYS, AWS_ENDPOINT_URL_S3: s3.endpoint });
  const home = temporaryDirectory(t);
  const target = await createLocalTarget(kind, home, { environment });
  const left: string[] = [];
  let keys = 0;
  check.nothingLeft = () => {
    assert.deepEqual(s3.files(), [], 'left in the bucket');
    assert.equal(target.running(), 0);
  };
  const storage = {
    store: await aws.objectStore(BUCKET),
    clock: systemClock,
    newKey: () => `copies/${keys++}`,
    title: (key: string) => `s3://${BUCKET}/${key}`,
    report: ({ message }: Error) => void left.push(message),
  };
  return { s3, home, target, left, host: { ...target, storage, partBytes: PART_BYTES } };
}
