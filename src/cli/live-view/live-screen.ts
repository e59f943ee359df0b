import type { Writable } from 'node:stream';
import type { Clock, Timer } from '../../lib/clock.ts';
import { droppedTexts, limitTexts } from '../../lib/buffered-text.ts';
import { createLiveRegion } from '../../terminal/live-region.ts';

/** Changes are shown at once, but not more often than people can see. */
const REDRAW_LIMIT_MS = 100;

/** Frames at the lower end of a terminal, and lines above them that stay. */
export interface LiveScreen {
  /** Draws a frame now. */
  draw(): void;
  /** Draws a frame when the last one is old enough and the terminal has taken it. */
  drawSoon(): void;
  /** Writes lines that stay above the frame. They are dropped and counted while the terminal is not read. */
  writeLines(lines: readonly string[]): void;
  /** Replaces the frame by lines that stay. Later lines are written as they are. */
  end(above: readonly string[], last: readonly string[]): void;
}

/** @param frame - the lines of the next frame */
export function createLiveScreen(
  terminal: Writable,
  columns: () => number,
  clock: Clock,
  frame: () => readonly string[],
): LiveScreen {
  const region = createLiveRegion(terminal, columns);
  const limit = limitTexts(() => terminal, droppedTexts);
  // Before the first frame, all ports are added.
  let drawnAt = clock.monotonic();
  let nextDraw: Timer | undefined;
  let hasEnded = false;

  const draw = (above: readonly string[] = []): void => {
    nextDraw?.cancel();
    nextDraw = undefined;
    drawnAt = clock.monotonic();
    const notice = limit.takeNotice().trimEnd();
    region.write(notice === '' ? above : [notice, ...above], frame());
  };
  const delay = (): number => drawnAt + REDRAW_LIMIT_MS - clock.monotonic();
  const canDraw = (): boolean => delay() <= 0 && terminal.writableLength === 0;
  const drawSoon = (): void => {
    if (canDraw()) {
      draw();
      return;
    }
    const rest = delay();
    nextDraw ??= clock.after(rest > 0 ? rest : REDRAW_LIMIT_MS, () => {
      nextDraw = undefined;
      drawSoon();
    });
  };

  return {
    draw: () => draw(),
    drawSoon,
    writeLines(texts) {
      const admitted = limit.admit();
      if (admitted === undefined) return;
      const lines = admitted.notice === '' ? texts : [admitted.notice.trimEnd(), ...texts];
      if (hasEnded) {
        terminal.write(lines.map((line) => `${line}\n`).join(''));
      } else if (canDraw()) {
        draw(lines);
      } else {
        // Many lines in a short time: the frame comes back when there is time to draw it.
        region.write(lines, []);
        drawSoon();
      }
    },
    end(above, last) {
      hasEnded = true;
      nextDraw?.cancel();
      region.write(above, last);
    },
  };
}
