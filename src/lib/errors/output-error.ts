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

/** Names the output and the error: `cannot write to stdout: no space left on device (ENOSPC)`. */
function outputErrorText(output: OutputName, error: Error): string {
  const code = systemCode(error);
  return `cannot write to ${output}: ${systemText(error)}${code === '' ? '' : ` (${code})`}`;
}

/** Why an output cannot be used. */
export type OutputErrorReason = 'unwritable';

/** A write to an output failed. The message names the output and the error. */
export class OutputError extends ProgramError<OutputErrorReason> {
  override readonly name = 'OutputError';

  constructor(output: OutputName, cause: Error) {
    super('output', 'unwritable', outputErrorText(output, cause), { cause });
  }
}

/** Whether an error is an {@link OutputError}. */
export function isOutputError(thrown: unknown): thrown is OutputError {
  return familyOf(thrown) === 'output';
}
