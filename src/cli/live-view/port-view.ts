import { USUAL_SIZE, type TerminalSize } from '../../protocol/terminal-size.ts';
import type {
  CommandContext,
  CommandOutput,
  CommandTerminal,
  CommonOptions,
} from '../framework/command-context.ts';
import { waitingText } from '../progress/show-waits.ts';
import type { LongWait } from '../progress/waits.ts';
import { wrapMessage } from '../output/wrap-message.ts';
import type { ForwardedPort } from '../ports/forwarded-port.ts';
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

/** What the view shows of a port. */
export interface ViewPort extends Pick<
  ForwardedPort,
  'forward' | 'local' | 'state' | 'destination' | 'sessions' | 'connections' | 'sent' | 'received'
> {
  /** Connections that are open. */
  readonly open: { readonly size: number };
}

/** A port in the view, and its rates up to the last tick. */
interface Watched<Port> {
  readonly port: Port;
  sent: number;
  received: number;
  up: number;
  down: number;
}

/** What a view is about. */
export interface ViewSubject<Port extends ViewPort> {
  /** How the view begins. @param cols - of the terminal */
  title(cols: number): string;
  /** How its last frame begins. */
  endTitle(): string;
  readonly columns: ViewMoment['columns'];
  /** Whether the port has a row now; the last frame has one for each. */
  readonly isShown: (port: Port) => boolean;
}

/** Rows of ports, up to now, and lines above them that stay. */
export interface PortView<Port extends ViewPort> {
  /** Shows one more port. */
  add(port: Port): void;
  remove(port: Port): void;
  /** A port has changed. */
  changed(): void;
  writeLine(line: string): void;
  /** Shows the last frame. */
  end(): void;
}

/** A view without ports. */
export function createPortView<Port extends ViewPort>(
  context: ViewContext,
  subject: ViewSubject<Port>,
): PortView<Port> {
  const { clock, options, output, terminal, waits } = context;
  const watched = new Map<Port, Watched<Port>>();
  const size = (): TerminalSize => terminal.window.size() ?? USUAL_SIZE;
  const moment = (): ViewMoment => ({
    size: size(),
    now: clock.monotonic(),
    color: options.color,
    columns: subject.columns,
  });
  const rows = (): readonly PortRow[] => [...watched.values()].map(rowOf);
  const shownRows = (): readonly PortRow[] =>
    [...watched.values()].filter(({ port }) => subject.isShown(port)).map(rowOf);
  let wait: LongWait | undefined;
  const screen = createLiveScreen(
    output.stderr,
    () => size().cols,
    clock,
    () => frame(subject.title(size().cols), shownRows(), moment(), wait),
  );
  const messages = createMessageLines((lines) => screen.writeLines(lines));
  let tickedAt = clock.monotonic();
  const ticks = clock.every(TICK_MS, () => {
    const now = clock.monotonic();
    for (const one of watched.values()) measure(one, (now - tickedAt) / MS_PER_SECOND);
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
    add(port) {
      watched.set(port, { port, sent: 0, received: 0, up: 0, down: 0 });
      screen.drawSoon();
    },
    remove: (port) => void watched.delete(port),
    changed: () => screen.drawSoon(),
    writeLine: (line) => void messages.stream.write(`${wrapMessage(line, size().cols)}\n`),
    end() {
      ticks.cancel();
      stopResizing();
      stopWaits();
      output.divertMessages(undefined);
      screen.end(messages.takeRest(), renderEnd(subject.endTitle(), rows(), moment()));
    },
  };
}

/** How to end it is worth more than what it is. */
export function titleOf(what: string, target: string, cols: number): string {
  const short = `${target} (Ctrl-C to end)`;
  const full = `${what}${short}`;
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

function measure(one: Watched<ViewPort>, seconds: number): void {
  const { sent, received } = one.port;
  one.up = (sent - one.sent) / seconds;
  one.down = (received - one.received) / seconds;
  one.sent = sent;
  one.received = received;
}

function rowOf({ port, up, down }: Watched<ViewPort>): PortRow {
  const { forward, local, state, destination, sessions, open, connections, sent, received } = port;
  return {
    forward,
    local,
    state,
    destination,
    sessions,
    open: open.size,
    connections,
    up,
    down,
    sent,
    received,
  };
}
