import type { Writable } from 'node:stream';

/**
 * Resolves when everything written to a stream is with the system, or never can be. In the second case
 * the stream has emitted its error by then: a write calls back a tick earlier.
 */
export function drain(stream: Writable): Promise<void> {
  return new Promise((resolve) => {
    const settle = (): void => process.nextTick(resolve);
    if (stream.destroyed) settle();
    else stream.write('', settle);
  });
}
