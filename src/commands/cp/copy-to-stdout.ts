import { createHash } from 'node:crypto';
import { copyFailures } from '../../failures/copies/copy.ts';
import { CommandError } from '../../cli/framework/command-context.ts';
import { drain } from '../../lib/drain.ts';
import type { CopyRun } from './copy-run.ts';
import { readSource, type ReadFile } from './read-source.ts';
import type { CopyResult } from './report/copied-item.ts';

/**
 * Copies a file of a target to stdout. A reader that closes the pipe ends the copy.
 *
 * @returns undefined when the reader has closed it
 * @throws ProgramError that names the path; the reason of the signal that stopped it
 */
export async function copyToStdout(run: CopyRun, file: ReadFile): Promise<CopyResult | undefined> {
  const { stdout } = run.context.output;
  const { item } = file;
  const hash = createHash('sha256');
  // stdout reports its own failures.
  const closed = new AbortController();
  const onClose = (): void => closed.abort();
  stdout.once('close', onClose);
  stdout.once('error', onClose);
  const stopped = AbortSignal.any([run.stopped, closed.signal]);
  try {
    const sha256 = await readSource({ ...run, stopped }, file, 0, async (bytes) => {
      hash.update(bytes);
      // It keeps what it has not written.
      if (!stdout.write(Buffer.from(bytes))) await drain(stdout);
    });
    await drain(stdout);
    if (sha256 === hash.digest('hex')) return { sha256, files: undefined };
    throw new CommandError(copyFailures['copy-changed-stdout'](item.source));
  } catch (error) {
    if (closed.signal.aborted && !run.stopped.aborted) return undefined;
    throw error;
  } finally {
    stdout.off('close', onClose);
    stdout.off('error', onClose);
  }
}
