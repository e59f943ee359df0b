import type { Writable } from 'node:stream';
import type { TerminalSize } from '../../../../../src/protocol/terminal-size.ts';
import { createTerminalModes } from '../../../../../src/terminal/terminal-modes.ts';
import type { Terminal } from '../../../../../src/terminal/terminal.ts';

/** The user's terminal, and what a session has left of it. */
export interface FuzzTerminal extends Terminal {
  readonly isRaw: boolean;
  readonly resizeListeners: number;
  resize(size: TerminalSize | undefined): void;
}

/**
 * @param isInteractive - whether the keys come from it
 * @param shown - the outputs that appear on it
 */
export function createFuzzTerminal(
  isInteractive: boolean,
  shown: readonly Writable[],
): FuzzTerminal {
  const listeners = new Set<() => void>();
  let size: TerminalSize | undefined = { cols: 80, rows: 24 };
  let isRaw = false;
  const modes = createTerminalModes(() => size?.rows);
  return {
    isInteractive,
    size: () => size,
    onResize(callback) {
      // Each call is a registration of its own, also of the same function.
      const listener = (): void => callback();
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    enterRawMode() {
      if (isInteractive) isRaw = true;
    },
    keysOf: (typed) => typed,
    shows: (stream) => shown.includes(stream),
    writeLines(stream, lines) {
      stream.write(shown.includes(stream) ? modes.insertLines(lines) : lines);
    },
    signalReceived: () => undefined,
    modes,
    restore() {
      modes.undo();
      isRaw = false;
    },
    get isRaw() {
      return isRaw;
    },
    get resizeListeners() {
      return listeners.size;
    },
    resize(newSize) {
      size = newSize;
      for (const listener of listeners) listener();
    },
  };
}
