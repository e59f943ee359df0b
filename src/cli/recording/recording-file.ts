import { closeSync, openSync, unlinkSync } from 'node:fs';
import { recordingFailures } from '../../failures/recordings.ts';
import { asError } from '../../lib/errors/as-error.ts';
import type { Failure } from '../../lib/errors/failure.ts';
import { systemCode, systemText } from '../../lib/errors/system-error.ts';
import { printable } from '../../lib/printable.ts';
import { CommandError } from '../framework/command-context.ts';
import { writeFully } from '../process/write-fully.ts';

/** What a session shows may be secret. */
const PRIVATE = 0o600;

/** A file that a recording is written to. */
export interface RecordingFile {
  /**
   * Appends text at once: a regular file takes it without a wait, and what it has taken outlives this program. After a
   * failure it does nothing.
   */
  write(text: string): void;
  /**
   * Closes the file. One that nothing was written to is removed.
   *
   * @returns why the recording is incomplete; undefined when it is whole
   */
  close(): Failure<'input'> | undefined;
}

/**
 * Creates the file of a recording. None is overwritten.
 *
 * @throws CommandError when there is one of this name, or it cannot be created
 */
export function createRecordingFile(path: string): RecordingFile {
  const shown = printable(path);
  const fd = create(path, shown);
  let failure: Error | undefined;
  let isEmpty = true;
  return {
    write(text) {
      if (failure !== undefined) return;
      try {
        writeFully(fd, Buffer.from(text));
        isEmpty = false;
      } catch (error) {
        failure = asError(error);
      }
    },
    close() {
      try {
        closeSync(fd);
        if (isEmpty) unlinkSync(path);
      } catch (error) {
        failure ??= asError(error);
      }
      if (failure === undefined) return undefined;
      return recordingFailures['recording-incomplete'](shown, systemText(failure));
    },
  };
}

function create(path: string, shown: string): number {
  try {
    return openSync(path, 'wx', PRIVATE);
  } catch (error) {
    throw new CommandError(
      systemCode(error) === 'EEXIST'
        ? recordingFailures['recording-exists'](shown)
        : recordingFailures['recording-unwritable'](shown, systemText(asError(error))),
    );
  }
}
