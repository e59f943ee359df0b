import { Readable, Writable } from 'node:stream';
import { createFeed, type Feed } from './feed.ts';

/** stdin, in the hands of the test. */
export interface FuzzInput {
  readonly stream: Readable;
  readonly feed: Feed;
}

/** A stdin without anything in it yet. */
export function createFuzzInput(): FuzzInput {
  const stream: Readable = new Readable({ read: () => feed.wanted() });
  const feed = createFeed(() => stream);
  return { stream, feed };
}

/** stdout, stderr or a stream of texts, which takes what is written or does not. */
export interface FuzzOutput {
  readonly stream: Writable;
  /** What was written as a string: texts of the program, never bytes of the session. */
  readonly texts: string[];
  /** The beginning of what was written in any form, as Latin-1. */
  readonly start: () => string;
  readonly isStalled: boolean;
  stall(): void;
  release(): void;
  /** Every write fails from now on. */
  fail(code: string): void;
}

/** Enough to find a secret in; a session may write megabytes. */
const KEPT_CHARACTERS = 64 * 1024;

/** @param isTerminal - whether Node.js would mark it as one */
export function createFuzzOutput(isTerminal: boolean): FuzzOutput {
  const texts: string[] = [];
  let start = '';
  let isStalled = false;
  let blocked: (() => void) | undefined;
  const stream = new Writable({
    decodeStrings: false,
    write(chunk: Buffer | string, _encoding, callback) {
      if (typeof chunk === 'string') texts.push(chunk);
      if (start.length < KEPT_CHARACTERS) {
        start += typeof chunk === 'string' ? chunk : chunk.toString('latin1');
      }
      if (isStalled) blocked = callback;
      else callback();
    },
  });
  if (isTerminal) Object.assign(stream, { isTTY: true });
  return {
    stream,
    texts,
    start: () => start,
    get isStalled() {
      return isStalled;
    },
    stall() {
      isStalled = true;
    },
    release() {
      isStalled = false;
      const callback = blocked;
      blocked = undefined;
      callback?.();
    },
    fail: (code) => void stream.destroy(Object.assign(new Error(`write ${code}`), { code })),
  };
}
