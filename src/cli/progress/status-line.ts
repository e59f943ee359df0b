import type { Writable } from 'node:stream';
import { acceptsText } from '../../lib/buffered-text.ts';
import { USUAL_SIZE } from '../../protocol/terminal-size.ts';
import { createLiveRegion } from '../../terminal/live-region.ts';

/** A line at the end of the terminal that shows what the program does, until the next text replaces it. */
export interface StatusLine {
  /**
   * @param render - makes the text for a width; undefined to erase the line
   */
  show(render: RenderStatus | undefined): void;
  /** Erases the line because other text follows. The next `show` draws it after that text. */
  clear(): void;
  /**
   * Erases the line, and shows none.
   *
   * @returns lets the next `show` draw it again
   */
  pause(): () => void;
  /** Erases the line, and what the terminal has echoed of a key such as Ctrl-C. */
  interrupt(): void;
}

/** @returns a line of at most this many columns, without control characters */
export type RenderStatus = (columns: number) => string;

/** What a status line is drawn on. */
export interface StatusTerminal {
  readonly output: Writable;
  readonly columns: () => number | undefined;
  /** Whether the program may draw now: a job in the background would overwrite what the user does. */
  readonly isFree: () => Promise<boolean>;
}

// ECMA-48.
const ERASE_CURRENT_LINE = '\r\x1b[K';

/** A status line on a terminal. */
export function createStatusLine({ output, columns, isFree }: StatusTerminal): StatusLine {
  const width = (): number => columns() ?? USUAL_SIZE.cols;
  const region = createLiveRegion(output, width);
  let isDrawn = false;
  /** The line to show once the terminal is known to be free. */
  let wanted: RenderStatus | undefined;
  let isChecking = false;
  let pauses = 0;

  const draw = (render: RenderStatus): void => {
    if (!acceptsText(output)) return;
    isDrawn = true;
    region.write([], [render(width())]);
  };
  const erase = (): void => {
    wanted = undefined;
    if (!isDrawn) return;
    isDrawn = false;
    region.write([], []);
  };
  const check = async (): Promise<void> => {
    isChecking = true;
    const free = await isFree();
    isChecking = false;
    if (free && pauses === 0 && wanted !== undefined) draw(wanted);
  };

  return {
    show(render) {
      if (render === undefined) {
        erase();
        return;
      }
      if (pauses > 0) return;
      wanted = render;
      if (isDrawn) draw(render);
      else if (!isChecking) void check();
    },
    clear: erase,
    pause() {
      erase();
      pauses++;
      return once(() => pauses--);
    },
    interrupt() {
      erase();
      output.write(ERASE_CURRENT_LINE);
    },
  };
}

function once(run: () => void): () => void {
  let isDone = false;
  return () => {
    if (!isDone) run();
    isDone = true;
  };
}

/** For runs that show no status. */
export const noStatusLine: StatusLine = {
  show: () => undefined,
  clear: () => undefined,
  pause: () => () => undefined,
  interrupt: () => undefined,
};
