import type { Writable } from 'node:stream';
import type { ReadStream, WriteStream } from 'node:tty';
import type { TerminalSize } from '../protocol/terminal-size.ts';
import type { CursorLine } from './cursor-line.ts';
import { createTerminalModes } from './terminal-modes.ts';
import type { Terminal } from './terminal.ts';
import { toXtermKeys } from './windows-keys.ts';

/** The streams of the process that may be a terminal. */
export interface TerminalStreams {
  readonly platform: NodeJS.Platform;
  /** stdin when it is a terminal. */
  readonly input: ReadStream | undefined;
  /** Those of stdout and stderr that are a terminal, in this order. */
  readonly outputs: readonly WriteStream[];
  /** Opens the controlling terminal for its size; undefined when there is none. */
  readonly openControllingTerminal: () => WriteStream | undefined;
  /** Calls back when the size may have changed, until the returned function is called. */
  readonly onSizeChange: (callback: () => void) => () => void;
  /** The line of the cursor. */
  readonly line: CursorLine;
}

/** The terminal of the process. */
export function createProcessTerminal(streams: TerminalStreams): Terminal {
  const { input } = streams;
  let raw = false;
  let sizeSource: WriteStream | undefined;

  const findSizeSource = (): WriteStream | undefined => {
    // With both outputs redirected the size is still that of the terminal the keys come from.
    sizeSource ??=
      streams.outputs[0] ?? (input === undefined ? undefined : streams.openControllingTerminal());
    return sizeSource;
  };

  const size = (): TerminalSize | undefined => {
    const source = findSizeSource();
    if (source === undefined) return undefined;
    const [cols, rows] = windowSize(source);
    return usable({ cols, rows });
  };

  const modes = createTerminalModes(() => size()?.rows, streams.line);

  const shows = (stream: Writable): boolean => streams.outputs.some((output) => output === stream);

  return {
    isInteractive: input !== undefined,
    size,
    onResize: (callback) => streams.onSizeChange(callback),
    enterRawMode() {
      if (input === undefined || raw) return;
      raw = true;
      input.setRawMode(true);
    },
    keysOf: (typed) => (streams.platform === 'win32' ? toXtermKeys(typed) : typed),
    shows,
    writeLines(stream, lines) {
      if (!shows(stream)) {
        stream.write(lines);
        return;
      }
      // What the remote side has written is gathered until the end of this turn of the event loop.
      for (const output of streams.outputs) if (output !== stream) output.uncork();
      stream.write(modes.insertLines(lines));
    },
    signalReceived() {
      if (input !== undefined && !raw) streams.line.open();
    },
    modes,
    restore() {
      // First: a mouse that is still reported types into the program that reads the terminal next.
      const undo = modes.undo();
      if (undo !== '') streams.outputs[0]?.write(undo);
      if (input === undefined || !raw) return;
      raw = false;
      // This restores the mode from before raw mode, bit for bit.
      input.setRawMode(false);
    },
  };
}

function windowSize(source: WriteStream): [number, number] {
  try {
    return source.getWindowSize();
  } catch {
    return [0, 0];
  }
}

/** A terminal without a size reports 0 x 0. */
function usable(size: TerminalSize): TerminalSize | undefined {
  return size.cols > 0 && size.rows > 0 ? size : undefined;
}
