import type { Readable } from 'node:stream';
import type { Clock } from '../../lib/clock.ts';
import { PayloadType } from '../../protocol/payload-type.ts';
import { OUTPUT_PAYLOAD_BYTES, type OutgoingMessage, type SessionLink } from '../session-type.ts';
import { createByteQueue, type ByteQueue } from '../streams/byte-queue.ts';
import { sendEndOfInput, type EndOfInput } from './end-of-input.ts';
import { CONTROL_CHARACTERS, createKeyReader, keysOfPipe } from './keys.ts';
import {
  SHELL_INPUT_TRANSITIONS,
  type ShellInputEffect,
  type ShellInputEvent,
  type ShellInputState,
} from './shell-input-state.ts';

/** Memory of input that waits to be sent: above it stdin is not read. */
const INPUT_HIGH_WATER_BYTES = 64 * 1024;
/** Below it stdin is read again. */
const INPUT_LOW_WATER_BYTES = 16 * 1024;

/** Where input comes from. */
export type InputSource =
  | {
      /** A terminal: escapes are found, and its end is a hang-up. */
      readonly kind: 'terminal';
      readonly stream: Readable;
      /** What one read of it means in keys. */
      readonly keysOf: (typed: Buffer) => Buffer;
    }
  /** A stdin that is no terminal: its end is typed as Ctrl-D. */
  | { readonly kind: 'pipe'; readonly stream: Readable }
  | {
      /** Bytes for a program: nothing is changed, found in them or added, also not at their end. */
      readonly kind: 'bytes';
      readonly stream: Readable;
      /** The stream is read once this has resolved. */
      readonly after: Promise<unknown>;
    };

const END_EVENTS: Readonly<Record<InputSource['kind'], ShellInputEvent>> = {
  terminal: 'terminal-closed',
  pipe: 'stdin-ended',
  bytes: 'bytes-ended',
};

/** Bytes for the remote side before all keys, which wait. They are no keys: they are not recorded. */
export interface InputLead {
  readonly bytes: Buffer;
  /** When to send them. */
  readonly after: Promise<unknown>;
  /** When keys may follow. */
  readonly until: Promise<unknown>;
}

/** What the input of a shell session works with. */
export interface ShellInputOptions {
  readonly link: Pick<SessionLink, 'wake' | 'whenAcknowledged'>;
  readonly clock: Clock;
  /** Undefined for a command without input: only {@link ShellInput.type} sends it keys. */
  readonly source: InputSource | undefined;
  /** The user has typed `~.`. */
  readonly leave: () => void;
  /** The user has typed Ctrl-C while keys wait: nothing there would get it. */
  readonly interrupt: () => void;
  /** The terminal was closed. */
  readonly hangUp: () => void;
  /** Shows a text on the terminal. */
  readonly show: (text: string) => void;
  /** Receives all keys for the remote side. */
  readonly onTyped?: (keys: Buffer) => void;
  /** Undefined when keys are sent at once. */
  readonly lead?: InputLead | undefined;
}

/** The input of a shell session on its way to the remote side, from a stream or typed by the program. */
export class ShellInput {
  readonly #options: ShellInputOptions;
  readonly #queue: ByteQueue = createByteQueue();
  readonly #lead: ByteQueue = createByteQueue();
  #keysWait: boolean;
  readonly #takeTyped: (typed: Buffer) => void;
  #state: ShellInputState = 'unstarted';
  #endOfInput: EndOfInput | undefined;
  /** The last byte that came from a stdin that is no terminal. */
  #lastByte: number | undefined;

  constructor(options: ShellInputOptions) {
    this.#options = options;
    const { leave, interrupt, show, lead } = options;
    this.#keysWait = lead !== undefined;
    const type = (keys: Buffer): void => {
      if (this.#keysWait && keys.includes(CONTROL_CHARACTERS.SIGINT)) interrupt();
      else this.type(keys);
    };
    this.#takeTyped = createKeyReader({ type, leave, show });
  }

  readonly #onData = (bytes: Buffer): void => {
    const { source } = this.#options;
    switch (source?.kind) {
      case undefined:
        return;
      case 'terminal':
        this.#takeTyped(source.keysOf(bytes));
        break;
      case 'pipe':
        this.#lastByte = bytes.at(-1);
        this.type(keysOfPipe(bytes));
        break;
      case 'bytes':
        this.type(bytes);
    }
    if (this.#queue.cost() >= INPUT_HIGH_WATER_BYTES) source.stream.pause();
  };

  readonly #onEnd = (): void => {
    const { source } = this.#options;
    if (source !== undefined) this.#dispatch(END_EVENTS[source.kind]);
  };

  get state(): ShellInputState {
    return this.#state;
  }

  /** Whether the keys of signals may be typed among the input, and reach a program. */
  get takesKeys(): boolean {
    return this.#options.source?.kind !== 'bytes' && !this.#keysWait;
  }

  start(): void {
    const { lead, link } = this.#options;
    void lead?.after.then(() => {
      this.#lead.push(lead.bytes);
      link.wake();
    });
    void lead?.until.then(() => {
      this.#keysWait = false;
      link.wake();
    });
    this.#dispatch('started');
  }

  /** Sends keys after those that wait already. */
  type(keys: Buffer): void {
    this.#options.onTyped?.(keys);
    this.#queue.push(keys);
    this.#options.link.wake();
  }

  /** The remote side has written something. */
  received(): void {
    this.#endOfInput?.received();
  }

  /** The next message to send; undefined when nothing waits. */
  next(): OutgoingMessage | undefined {
    const payload = this.#lead.take(OUTPUT_PAYLOAD_BYTES) ?? this.#nextKeys();
    return payload === undefined ? undefined : { payloadType: PayloadType.Output, payload };
  }

  #nextKeys(): Buffer | undefined {
    if (this.#keysWait) return undefined;
    // If everything is acknowledged, this types the end at once, and the queue includes it.
    if (this.#queue.size() === 0) this.#dispatch('sent');
    const keys = this.#queue.take(OUTPUT_PAYLOAD_BYTES);
    this.#readAgain();
    return keys;
  }

  /** Stops reading. Idempotent. */
  close(): void {
    this.#dispatch('closed');
  }

  #dispatch(event: ShellInputEvent): void {
    const transition = SHELL_INPUT_TRANSITIONS[this.#state][event];
    if (transition === undefined) return;
    this.#state = transition.next;
    this.#perform(transition.effect);
  }

  #perform(effect: ShellInputEffect): void {
    const { link, clock, hangUp } = this.#options;
    switch (effect) {
      case 'read':
        this.#read();
        break;
      case 'wake':
        link.wake();
        break;
      case 'await-acknowledgement':
        link.whenAcknowledged(() => this.#dispatch('acknowledged'));
        break;
      case 'send-end':
        this.#endOfInput = sendEndOfInput({
          clock,
          type: (keys) => this.type(keys),
          lastByte: this.#lastByte,
        });
        break;
      case 'hang-up':
        hangUp();
        break;
      case 'release':
        this.#release();
    }
  }

  #read(): void {
    const { source } = this.#options;
    if (source === undefined) return;
    if (source.kind !== 'bytes') this.#listen(source.stream);
    else {
      void source.after.then(() => {
        if (this.#state === 'open') this.#listen(source.stream);
      });
    }
  }

  #listen(stream: Readable): void {
    stream.on('data', this.#onData);
    stream.on('end', this.#onEnd);
    stream.on('error', this.#onEnd);
    stream.on('close', this.#onEnd);
    stream.resume();
  }

  #readAgain(): void {
    const stream = this.#options.source?.stream;
    if (stream === undefined || this.#state === 'closed') return;
    // A stream that nothing listens to yet must not lose its first bytes.
    if (stream.listenerCount('data') === 0) return;
    if (this.#queue.cost() < INPUT_LOW_WATER_BYTES && stream.isPaused()) stream.resume();
  }

  #release(): void {
    this.#endOfInput?.stop();
    const stream = this.#options.source?.stream;
    if (stream === undefined) return;
    stream.off('data', this.#onData);
    stream.off('end', this.#onEnd);
    stream.off('close', this.#onEnd);
    // The listener to errors stays: one that arrives late must not become an uncaught exception.
    stream.pause();
  }
}
