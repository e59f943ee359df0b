import { Writable } from 'node:stream';

/** A stream that keeps all that is written to it. */
export interface Collected {
  readonly stream: Writable;
  readonly bytes: () => Buffer;
  /** Resolves when this text has been written. */
  readonly until: (text: string) => Promise<void>;
}

export function collect(): Collected {
  const chunks: Buffer[] = [];
  const watchers = new Set<() => void>();
  const bytes = (): Buffer => Buffer.concat(chunks);
  return {
    stream: new Writable({
      write(chunk: Buffer, _encoding, done) {
        chunks.push(chunk);
        for (const watcher of watchers) watcher();
        done();
      },
    }),
    bytes,
    until: (text) =>
      new Promise((resolve) => {
        const check = (): void => {
          if (!bytes().includes(text)) return;
          watchers.delete(check);
          resolve();
        };
        watchers.add(check);
        check();
      }),
  };
}
