import { USUAL_SIZE, type TerminalSize } from '../../protocol/terminal-size.ts';
import type {
  CommandContext,
  CommandOutput,
  CommandTerminal,
  CommonOptions,
} from '../../cli/framework/command-context.ts';
import { waitingText } from '../../cli/progress/show-waits.ts';
import type { LongWait } from '../../cli/progress/waits.ts';
import { wrapMessage } from '../../cli/output/wrap-message.ts';
import type { ForwardDisplay } from './display.ts';
import type { ForwardedPort, PortChange } from './forwarded-port.ts';
import { createLineReporter } from './line-reporter.ts';
import { createLiveScreen } from './live-screen.ts';
import { createMessageLines } from './message-lines.ts';
import { renderEnd, renderView, type PortRow, type ViewMoment } from './view-rows.ts';

/** Rates are averages over this time, and the view is at most this old. */
const TICK_MS = 1_000;
const MS_PER_SECOND = 1_000;

/** What the view needs of the command's context. */
export interface ViewContext extends Pick<CommandContext, 'clock'> {
  readonly options: Pick<CommonOptions, 'color'>;
  readonly output: Pick<CommandOutput, 'stderr' | 'divertMessages'>;
  readonly terminal: Pick<CommandTerminal, 'window'>;
  readonly waits: Pick<CommandContext['waits'], 'divert'>;
}

/** A port in the view, and its rates up to the last tick. */
interface Watched {
  readonly port: ForwardedPort;
  sent: number;
  received: number;
  up: number;
  down: number;
}

/**
 * Shows the current state of each port on stderr, a terminal. Messages are lines above the view that
 * stay: until the view ends, the messages of the command go through it.
 */
export function createForwardView(context: ViewContext, target: string): ForwardDisplay {
  const { clock, options, output, terminal, waits } = context;
  const watched: Watched[] = [];
  const current = (): string => watched[0]?.port.target ?? target;
  const size = (): TerminalSize => terminal.window.size() ?? USUAL_SIZE;
  const moment = (): ViewMoment => ({
    size: size(),
    now: clock.monotonic(),
    color: options.color,
  });
  const rows = (): readonly PortRow[] => watched.map(rowOf);
  let wait: LongWait | undefined;
  const screen = createLiveScreen(
    output.stderr,
    () => size().cols,
    clock,
    () => frame(titleOf(current(), size().cols), rows(), moment(), wait),
  );
  const messages = createMessageLines((lines) => screen.writeLines(lines));
  let tickedAt = clock.monotonic();
  const ticks = clock.every(TICK_MS, () => {
    const now = clock.monotonic();
    for (const one of watched) measure(one, (now - tickedAt) / MS_PER_SECOND);
    tickedAt = now;
    screen.drawSoon();
  });
  const stopResizing = terminal.window.onResize(() => screen.draw());
  output.divertMessages(messages.stream);
  const stopWaits = waits.divert((longest) => {
    wait = longest;
    screen.drawSoon();
  });

  return {
    follow(port) {
      watched.push({ port, sent: 0, received: 0, up: 0, down: 0 });
      screen.drawSoon();
      const report = createLineReporter(target, port, (line) =>
        messages.stream.write(`${wrapMessage(line, size().cols)}\n`),
      );
      return (change) => {
        if (!isShownInRow(change)) report(change);
        screen.drawSoon();
      };
    },
    end() {
      ticks.cancel();
      stopResizing();
      stopWaits();
      output.divertMessages(undefined);
      screen.end(messages.takeRest(), renderEnd(`Forwarded to ${current()}`, rows(), moment()));
    },
  };
}

/** How to end it is worth more than what it is. */
function titleOf(target: string, cols: number): string {
  const short = `${target} (Ctrl-C to end)`;
  const full = `Forwarding to ${short}`;
  return full.length <= cols ? full : short;
}

/** The view, and below it what is waited for. */
function frame(
  title: string,
  rows: readonly PortRow[],
  moment: ViewMoment,
  wait: LongWait | undefined,
): readonly string[] {
  if (wait === undefined) return renderView(title, rows, moment);
  const { cols } = moment.size;
  const size = { cols, rows: moment.size.rows - 1 };
  return [...renderView(title, rows, { ...moment, size }), waitingText(wait, cols)];
}

/** Whether the row of the port shows the change, so that it needs no line of its own. */
function isShownInRow(change: PortChange): boolean {
  switch (change.kind) {
    case 'refused':
    case 'destination-failed':
    case 'reconnecting':
    case 'reconnected':
      return false;
    case 'listening':
    case 'connected':
    case 'disconnected':
    case 'ready':
    case 'sessions':
    case 'session-failed':
    case 'failed':
    case 'ended':
      return true;
    // The row shows what follows, but not the reason.
    case 'starting':
    case 'idle':
    case 'pausing':
      return change.failure === undefined;
  }
}

function measure(one: Watched, seconds: number): void {
  const { sent, received } = one.port;
  one.up = (sent - one.sent) / seconds;
  one.down = (received - one.received) / seconds;
  one.sent = sent;
  one.received = received;
}

function rowOf({ port, up, down }: Watched): PortRow {
  const { forward, local, state, sessions, open, connections, sent, received } = port;
  return {
    forward,
    local,
    state,
    sessions,
    open: open.size,
    connections,
    up,
    down,
    sent,
    received,
  };
}
