import type { TerminalSize } from '../../protocol/terminal-size.ts';

/** Takes what a shell session shows and reads, as it happens. It throws nothing. */
export interface SessionRecorder {
  /** The size of the terminal: first at the start of the session, then after each change. */
  resized(size: TerminalSize): void;
  /** Output of the remote side. */
  output(bytes: Buffer): void;
  /** Keys for the remote side, without escapes such as `~.`. */
  input(keys: Buffer): void;
}
