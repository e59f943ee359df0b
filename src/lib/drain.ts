import type { Writable } from 'node:stream';

/**
 * Resolves when the system has everything that was written to a stream, or never can get it. In the
 * second case the stream has emitted its error before: a write calls back a tick earlier.
 */
export function drain(stream: Writable): Promise<void> {
  return new Promise((resolve) => {
    const settle = (): void => process.nextTick(resolve);
    if (stream.destroyed) settle();
    else stream.write('', settle);
  });
}
