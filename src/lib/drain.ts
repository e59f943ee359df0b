import type { Writable } from 'node:stream';

/**
 * Resolves when the system has taken everything that was written to a stream, or never will. In the second
 * case the stream has already emitted its error: a write calls back a tick earlier.
 */
export function drain(stream: Writable): Promise<void> {
  return new Promise((resolve) => {
    const settle = (): void => process.nextTick(resolve);
    if (stream.destroyed) settle();
    else stream.write('', settle);
  });
}
