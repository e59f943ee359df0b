import type { Writable } from 'node:stream';
import type { TerminalSize } from '../protocol/terminal-size.ts';
import type { TerminalModes } from './terminal-modes.ts';

/** The user's terminal, as far as there is one. */
export interface Terminal {
  /** Keys come from a terminal: only then there are a raw mode and escapes. */
  readonly isInteractive: boolean;
  /** The size now; undefined when no stream is a terminal. */
  size(): TerminalSize | undefined;
  /** Calls back on every change of the size, until the returned function is called. */
  onResize(callback: () => void): () => void;
  /** Every key as its bytes, no echo, no signals. Does nothing when not interactive. */
  enterRawMode(): void;
  /** The bytes of one read of the keyboard, with xterm's sequences for keys without a character. */
  keysOf(typed: Buffer): Buffer;
  /** Whether what is written to this stream appears on the terminal. */
  shows(stream: Writable): boolean;
  /**
   * Writes lines of the program to a stream. On the terminal they begin on a line of their own, after
   * everything that was written to it before.
   *
   * @param lines - end with a line break
   */
  writeLines(stream: Writable, lines: string): void;
  /** A signal may come from a key, such as Ctrl-C: without raw mode the terminal shows `^C`. */
  signalReceived(): void;
  /** What the output shown there has switched on, as far as it was tracked. */
  readonly modes: TerminalModes;
  /** Restores everything, the modes included. Idempotent. */
  restore(): void;
}
