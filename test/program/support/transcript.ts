/** Waiting longer than this for anything means that it will never come. */
export const DEADLINE_MS = 90_000;
const SHOWN_CHARACTERS = 3000;

/** What a program has written to one stream, and waiting for it. */
export interface Transcript {
  readonly bytes: Buffer;
  /** In bytes. */
  readonly length: number;
  /** As UTF-8. */
  readonly text: string;
  push(bytes: Buffer): void;
  /** Discards everything from this offset on. */
  truncate(to: number): void;
  /** Nothing more will come. */
  close(): void;
  /**
   * Resolves as soon as `reached` holds, which is asked now and whenever something comes. Rejects,
   * showing what did come, when the stream ends first or the deadline passes.
   *
   * @param what - names the awaited text in the rejection
   */
  until(what: string, reached: (text: string) => boolean): Promise<void>;
}

interface Waiter {
  readonly what: string;
  readonly reached: (text: string) => boolean;
  readonly timer: NodeJS.Timeout;
  readonly resolve: () => void;
  readonly reject: (error: Error) => void;
}

/** @param name - of the stream, for failures */
export function createTranscript(name: string): Transcript {
  let chunks: Buffer[] = [];
  let length = 0;
  let text: string | undefined;
  let closed = false;
  let waiters: readonly Waiter[] = [];

  const allBytes = (): Buffer => {
    if (chunks.length !== 1) chunks = [Buffer.concat(chunks)];
    return chunks[0] ?? Buffer.alloc(0);
  };
  const allText = (): string => (text ??= allBytes().toString());
  const failure = (what: string, why: string): Error =>
    new Error(`${name}: ${what} never came: ${why}. What came: ${shown(allText())}`);
  const check = (): void => {
    if (waiters.length === 0) return;
    const all = waiters;
    const reached = all.filter((waiter) => waiter.reached(allText()));
    waiters = waiters.filter((waiter) => !reached.includes(waiter));
    for (const waiter of reached) {
      clearTimeout(waiter.timer);
      waiter.resolve();
    }
  };

  return {
    get bytes() {
      return allBytes();
    },
    get length() {
      return length;
    },
    get text() {
      return allText();
    },
    push(bytes) {
      length += bytes.length;
      chunks.push(bytes);
      text = undefined;
      check();
    },
    truncate(to) {
      chunks = [allBytes().subarray(0, to)];
      length = to;
      text = undefined;
    },
    close() {
      closed = true;
      check();
      const left = waiters;
      waiters = [];
      for (const waiter of left) {
        clearTimeout(waiter.timer);
        waiter.reject(failure(waiter.what, 'the stream has ended'));
      }
    },
    until(what, reached) {
      if (reached(allText())) return Promise.resolve();
      if (closed) return Promise.reject(failure(what, 'the stream has ended'));
      return new Promise((resolve, reject) => {
        const timer = setTimeout(() => {
          waiters = waiters.filter((waiter) => waiter.timer !== timer);
          reject(failure(what, 'the deadline has passed'));
        }, DEADLINE_MS);
        waiters = [...waiters, { what, reached, timer, resolve, reject }];
      });
    },
  };
}

/** The end of a long text, with control characters made visible. */
export function shown(text: string): string {
  return text.length > SHOWN_CHARACTERS
    ? `…${JSON.stringify(text.slice(-SHOWN_CHARACTERS))} (${text.length} characters)`
    : JSON.stringify(text);
}

/** Fails when a promise takes longer than anything may. @param explain - describes what has arrived so far */
export function withDeadline<Result>(
  what: string,
  promise: Promise<Result>,
  explain: () => string,
): Promise<Result> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => {
      reject(new Error(`${what} never came: the deadline has passed. ${explain()}`));
    }, DEADLINE_MS);
    promise.then(resolve, reject).finally(() => clearTimeout(timer));
  });
}
