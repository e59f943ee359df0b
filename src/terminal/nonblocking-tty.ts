import type { WriteStream } from 'node:tty';

interface BlockableHandle {
  setBlocking(blocking: boolean): number;
}

function isBlockable(handle: unknown): handle is BlockableHandle {
  return (
    typeof handle === 'object' &&
    handle !== null &&
    'setBlocking' in handle &&
    typeof handle.setBlocking === 'function'
  );
}

/**
 * Makes writes to a terminal asynchronous. Node makes them blocking, so a terminal that takes no
 * output (a stalled SSH connection around it) would stop keys, signals and acknowledgements, too.
 * There is no public interface for it: where the internal one is missing, writes stay blocking.
 */
export function makeTtyNonblocking(stream: WriteStream): void {
  const handle: unknown = Reflect.get(stream, '_handle');
  if (isBlockable(handle)) handle.setBlocking(false);
}
