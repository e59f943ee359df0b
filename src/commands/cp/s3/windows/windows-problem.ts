import { CommandError } from '../../../../cli/framework/command-context.ts';
import { s3Failures } from '../../../../failures/copies/s3.ts';
import { uploadFailures } from '../../../../failures/copies/upload.ts';
import { printable } from '../../../../lib/printable.ts';
import { requestError } from '../target-work.ts';
import type { StepResults } from './windows-step.ts';

/** What .NET writes for ERROR_DISK_FULL, where Windows is English. */
const FULL = /not enough space|disk is full/i;

/** @throws an error about what a step has reported as its problem while it read `path` */
export function throwReadProblem(path: string, results: StepResults): void {
  throwTransferProblem(path, results, (why) => s3Failures['s3-source-unreadable'](path, why));
}

/** @throws an error about what a step has reported as its problem while it wrote `path` */
export function throwWriteProblem(path: string, results: StepResults): void {
  throwTransferProblem(path, results, (why) => {
    if (results.get('problem') === 'tar') return uploadFailures['upload-tar-failed'](path, why);
    if (results.get('type') === 'DirectoryNotFoundException') {
      return uploadFailures['upload-directory-missing'](path);
    }
    if (FULL.test(why)) return uploadFailures['upload-disk-full'](path, why);
    return uploadFailures['upload-unwritable'](path, why);
  });
}

function throwTransferProblem(
  path: string,
  results: StepResults,
  failure: (why: string) => ConstructorParameters<typeof CommandError>[0],
): void {
  const problem = results.get('problem');
  if (problem === undefined) return;
  if (problem === 'request') throw requestError(Buffer.from(path), results);
  const why = printable(results.get('text') ?? '').trim();
  throw new CommandError(failure(why.replace(/\.$/, '')));
}
