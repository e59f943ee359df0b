import type { Writable } from 'node:stream';
import { isReaderClosed, OutputError, type OutputName } from '../../lib/errors/output-error.ts';

/** Whether a stream is a terminal, as Node.js marks it. */
export function isTerminal(stream: Writable): boolean {
  return Reflect.get(stream, 'isTTY') === true;
}

type Watcher = (error: Error) => void;

/** The sessions that watch a stream: one after the other may run in a process. */
const watchers = new WeakMap<Writable, Set<Watcher>>();

/**
 * Watches the outputs of a session. A stream keeps one listener to the end of the process: an error without a listener
 * would end it without a message.
 *
 * @param failed - is called for each output that cannot take what is written to it, once. A closed
 *   reader is not among them: what that means depends on the session
 * @returns stops calling back
 */
export function watchOutputs(
  outputs: Readonly<Record<OutputName, Writable>>,
  failed: (error: OutputError) => void,
): () => void {
  const watch = (name: OutputName, stream: Writable): (() => void) => {
    let isReported = false;
    const watcher = (error: Error): void => {
      if (isReported || isReaderClosed(error, isTerminal(stream))) return;
      isReported = true;
      failed(new OutputError(name, error));
    };
    const watching = watchersOf(stream);
    watching.add(watcher);
    return () => void watching.delete(watcher);
  };
  const stops = [watch('stdout', outputs.stdout), watch('stderr', outputs.stderr)];
  return () => {
    for (const stop of stops) stop();
  };
}

function watchersOf(stream: Writable): Set<Watcher> {
  const known = watchers.get(stream);
  if (known !== undefined) return known;
  const watching = new Set<Watcher>();
  watchers.set(stream, watching);
  stream.on('error', (error) => {
    for (const watcher of [...watching]) watcher(error);
  });
  return watching;
}
