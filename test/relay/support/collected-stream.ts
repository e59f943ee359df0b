import { createDeferred } from '../../../src/lib/deferred.ts';
import type {
  StreamHandlers,
  StreamReset,
  TunnelStream,
} from '../../../src/relay/protocol/stream.ts';
import type { Tunnel } from '../../../src/relay/protocol/tunnel.ts';
import type { RelayDestination } from '../../../src/relay/protocol/write-frames.ts';

/** A stream whose events are collected. What waits for another event fails when the stream is reset. */
export interface CollectedStream {
  readonly stream: TunnelStream;
  readonly handlers: StreamHandlers;
  readonly opened: Promise<number>;
  readonly ended: Promise<undefined>;
  readonly reset: Promise<StreamReset>;
  readonly drained: Promise<undefined>;
  received(): Buffer;
  /** Resolves when this many bytes have come. */
  until(bytes: number): Promise<Buffer>;
  /** Whether what comes counts as taken at once. */
  isReading: boolean;
}

/** Handlers that collect, for a stream that {@link CollectedStream.stream} returns once it is known. */
export function collect(): CollectedStream & { attach(stream: TunnelStream): void } {
  const opened = createDeferred<number>();
  const ended = createDeferred<undefined>();
  const reset = createDeferred<StreamReset>();
  const drained = createDeferred<undefined>();
  const chunks: Buffer[] = [];
  let size = 0;
  const waiting = new Set<() => void>();
  const unlessReset = <T>(event: Promise<T>): Promise<T> => {
    const refused = reset.promise.then(({ code }): never => {
      throw new Error(`the stream was reset: ${code}`);
    });
    const first = Promise.race([event, refused]);
    // Not every test waits for it.
    first.catch(() => undefined);
    return first;
  };
  let attached: TunnelStream | undefined;
  const known = (): TunnelStream => {
    if (attached === undefined) throw new Error('there is no stream');
    return attached;
  };
  const received = (): Buffer => Buffer.concat(chunks);
  const collected = {
    isReading: true,
    get stream() {
      return known();
    },
    attach(stream: TunnelStream) {
      attached = stream;
    },
    handlers: {
      opened: opened.resolve,
      data(bytes: Buffer) {
        chunks.push(Buffer.from(bytes));
        size += bytes.length;
        if (collected.isReading) known().taken(bytes.length);
        for (const check of waiting) check();
      },
      end: () => ended.resolve(undefined),
      reset: reset.resolve,
      drain: () => drained.resolve(undefined),
    },
    opened: unlessReset(opened.promise),
    ended: unlessReset(ended.promise),
    reset: reset.promise,
    drained: unlessReset(drained.promise),
    received,
    until: (bytes: number) =>
      unlessReset(
        new Promise<Buffer>((resolve) => {
          const check = (): void => {
            if (size < bytes) return;
            waiting.delete(check);
            resolve(received());
          };
          waiting.add(check);
          check();
        }),
      ),
  };
  return collected;
}

/** Opens a stream whose events are collected. */
export function openCollected(tunnel: Tunnel, destination: RelayDestination): CollectedStream {
  const collected = collect();
  const stream = tunnel.open(destination, collected.handlers);
  if (stream === undefined) throw new Error('the tunnel opens no stream');
  collected.attach(stream);
  return collected;
}
