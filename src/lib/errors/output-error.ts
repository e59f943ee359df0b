import type { Failure } from './failure.ts';
import { familyOf, ProgramError } from './program-error.ts';
import { systemCode, systemText } from './system-error.ts';

/** An output of the process. */
export type OutputName = 'stdout' | 'stderr';

/**
 * Errors of a write to a closed reader: a pipe is closed (EPIPE, on Windows also EOF), or a socket is
 * closed or reset.
 */
const READER_CLOSED: ReadonlySet<string> = new Set(['EPIPE', 'EOF', 'ECONNRESET', 'ECONNABORTED']);
/** The same for a terminal that was closed (tty(4): EIO; macOS after revoke(2): ENXIO). */
const TERMINAL_CLOSED: ReadonlySet<string> = new Set(['EIO', 'ENXIO']);

/**
 * Whether a write failed because the reader has closed, which is an ordinary end. After any other error,
 * output is lost.
 *
 * @param isTerminal - whether the output is a terminal: for a file the same code means a broken disk
 */
export function isReaderClosed(error: Error, isTerminal: boolean): boolean {
  const code = systemCode(error);
  return READER_CLOSED.has(code) || (isTerminal && TERMINAL_CLOSED.has(code));
}

/** Errors of a disk that is full, or of a user's share of it. */
const FULL: ReadonlySet<string> = new Set(['ENOSPC', 'EDQUOT']);

/** Names the output and the error: `Cannot write to stdout: no space left on device (ENOSPC).` */
function unwritable(output: OutputName, error: Error): Failure<OutputErrorReason> {
  const code = systemCode(error);
  const named = code === '' ? '' : ` (${code})`;
  return {
    code: 'output-unwritable',
    reason: 'unwritable',
    problem: `Cannot write to ${output}: ${systemText(error)}${named}.`,
    remedy: FULL.has(code)
      ? 'Free some space, or choose another place for the output.'
      : 'Choose another place for the output.',
  };
}

/** Why an output cannot be used. */
export type OutputErrorReason = 'unwritable';

/** A write to an output failed. The message names the output and the error. */
export class OutputError extends ProgramError<OutputErrorReason> {
  override readonly name = 'OutputError';

  constructor(output: OutputName, cause: Error) {
    super('output', unwritable(output, cause), { cause });
  }
}

/** Whether an error is an {@link OutputError}. */
export function isOutputError(thrown: unknown): thrown is OutputError {
  return familyOf(thrown) === 'output';
}
