import type { Writable } from 'node:stream';
import { isReaderClosed, OutputError, type OutputName } from '../../lib/errors/output-error.ts';

/** Whether a stream is a terminal, as Node.js marks it. */
export function isTerminal(stream: Writable): boolean {
  return Reflect.get(stream, 'isTTY') === true;
}

/**
 * Watches the outputs of a session to the end of the process: an error without a listener would end it
 * without a message.
 *
 * @param failed - is called for each output that cannot take what is written to it, once. A closed
 *   reader is not among them: what that means depends on the session
 */
export function watchOutputs(
  outputs: Readonly<Record<OutputName, Writable>>,
  failed: (error: OutputError) => void,
): void {
  const watch = (name: OutputName, stream: Writable): void => {
    let isReported = false;
    stream.on('error', (error) => {
      if (isReported || isReaderClosed(error, isTerminal(stream))) return;
      isReported = true;
      failed(new OutputError(name, error));
    });
  };
  watch('stdout', outputs.stdout);
  watch('stderr', outputs.stderr);
}
