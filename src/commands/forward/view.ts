import { Writable } from 'node:stream';
import type { Timer } from '../../lib/clock.ts';
import type { TerminalSize } from '../../protocol/terminal-size.ts';
import { createLiveRegion } from '../../terminal/live-region.ts';
import type { CommandContext } from '../../cli/framework/command-context.ts';
import type { ForwardDisplay } from './display.ts';
import type { ForwardedPort } from './forwarded-port.ts';
import { tellLines } from './line-reporter.ts';
import { renderEnd, renderView, type PortRow, type ViewMoment } from './view-rows.ts';
import { printableLines } from '../../lib/printable.ts';
import { droppedTexts, limitTexts, UNREAD_TEXT_LIMIT } from '../../lib/unread-text.ts';

/** Rates are taken over this, and it is how far behind the view may be. */
const TICK_MS = 1_000;
const MS_PER_SECOND = 1_000;
/** What happens in between is shown at once, but not more often than people can see. */
const REDRAW_LIMIT_MS = 100;
/** Of a terminal that does not know its size: the VT100's. */
const DEFAULT_SIZE: TerminalSize = { cols: 80, rows: 24 };

/** What the view needs of the command's context. */
export type ViewContext = Pick<
  CommandContext,
  'clock' | 'stderr' | 'options' | 'terminal' | 'divertMessages'
>;

/** A port in the view, and its rates up to the last tick. */
interface Watched {
  readonly port: ForwardedPort;
  sent: number;
  received: number;
  up: number;
  down: number;
}

/**
 * Shows on stderr, a terminal, how each port is now. Messages stand above it as lines that stay: while
 * the view is there, the context's go through it.
 */
export function createForwardView(context: ViewContext, target: string): ForwardDisplay {
  const { clock, stderr, options, terminal } = context;
  const watched: Watched[] = [];
  const size = (): TerminalSize => terminal.window.size() ?? DEFAULT_SIZE;
  const region = createLiveRegion(stderr, () => size().cols);
  const limit = limitTexts(() => stderr, droppedTexts);
  let tickedAt = clock.monotonic();
  // The first frame waits for all ports to be there.
  let drawnAt = tickedAt;
  let waiting: Timer | undefined;
  let ended = false;

  const moment = (): ViewMoment => ({
    size: size(),
    now: clock.monotonic(),
    color: options.color,
  });
  const frame = (): readonly string[] =>
    renderView(`Forwarding to ${target}, Ctrl-C ends it`, watched.map(rowOf), moment());

  const draw = (above: readonly string[] = []): void => {
    waiting?.cancel();
    waiting = undefined;
    drawnAt = clock.monotonic();
    const notice = limit.takeNotice().trimEnd();
    region.write(notice === '' ? above : [notice, ...above], frame());
  };
  const drawSoon = (): void => {
    const rest = drawnAt + REDRAW_LIMIT_MS - clock.monotonic();
    // A terminal that is slow gets the next frame when it has taken the one before.
    if (rest <= 0 && stderr.writableLength === 0) draw();
    else waiting ??= clock.after(rest > 0 ? rest : REDRAW_LIMIT_MS, drawAgain);
  };
  const drawAgain = (): void => {
    waiting = undefined;
    drawSoon();
  };
  /** Lines go out at once; many of them leave the view away until there is time for it. */
  const say = (said: readonly string[]): void => {
    const admitted = limit.admit();
    if (admitted === undefined) return;
    const lines = admitted.notice === '' ? said : [admitted.notice.trimEnd(), ...said];
    if (ended) {
      stderr.write(lines.map((line) => `${line}\n`).join(''));
      return;
    }
    if (clock.monotonic() - drawnAt >= REDRAW_LIMIT_MS && stderr.writableLength === 0) {
      draw(lines);
      return;
    }
    region.write(lines, []);
    drawSoon();
  };
  const tick = (): void => {
    const now = clock.monotonic();
    const seconds = (now - tickedAt) / MS_PER_SECOND;
    tickedAt = now;
    for (const one of watched) measure(one, seconds);
    drawSoon();
  };

  let rest = '';
  const messages = new Writable({
    decodeStrings: false,
    write(chunk: string | Buffer, _encoding, done) {
      const lines = `${rest}${chunk.toString()}`.split('\n');
      rest = lines.pop() ?? '';
      if (rest.length > UNREAD_TEXT_LIMIT) {
        lines.push(rest);
        rest = '';
      }
      const said = lines.map(harmless).filter((line) => line !== '');
      if (said.length > 0) say(said);
      done();
    },
  });

  context.divertMessages(messages);
  const ticks = clock.every(TICK_MS, tick);
  const stopResizing = terminal.window.onResize(() => draw());

  return {
    follow(port) {
      watched.push({ port, sent: 0, received: 0, up: 0, down: 0 });
      drawSoon();
      const tell = tellLines(target, port, (line) => messages.write(`${line}\n`));
      return (change) => {
        switch (change.kind) {
          case 'refused':
          case 'destination-failed':
          case 'reconnecting':
          case 'reconnected':
            tell(change);
            break;
          // The rows show it.
          case 'listening':
          case 'connected':
          case 'disconnected':
          case 'failed':
          case 'ended':
            break;
        }
        drawSoon();
      };
    },
    end() {
      ended = true;
      ticks.cancel();
      waiting?.cancel();
      stopResizing();
      context.divertMessages(undefined);
      const last = rest === '' ? [] : [harmless(rest)];
      rest = '';
      region.write(last, renderEnd(`Forwarded to ${target}`, watched.map(rowOf), moment()));
    },
  };
}

function measure(one: Watched, seconds: number): void {
  const { sent, received } = one.port;
  one.up = (sent - one.sent) / seconds;
  one.down = (received - one.received) / seconds;
  one.sent = sent;
  one.received = received;
}

function rowOf({ port, up, down }: Watched): PortRow {
  const { forward, local, state, open, connections, sent, received } = port;
  return { forward, local, state, open: open.size, connections, up, down, sent, received };
}

/** Without a tab, too: it makes a line wider than it is long. */
function harmless(line: string): string {
  return printableLines(line).replaceAll('\t', ' ').trimEnd();
}
